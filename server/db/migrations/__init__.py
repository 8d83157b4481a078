"""Forward steps from any released database to the declared tables, the same on SQLite and PostgreSQL."""
