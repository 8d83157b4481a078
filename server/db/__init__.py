"""All SQL: tables, migrations, the stores behind the engine's ports, read models and their queries.

Nothing here decides what a change means (that is `sync` and `domain`), and nobody else names a database.
"""
