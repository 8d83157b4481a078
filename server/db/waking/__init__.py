"""How server processes on one PostgreSQL wake each other after commits: NOTIFY out, LISTEN in, looking again between.

What is told is a wake-up, never the truth: whoever is woken reads the database. SQLite has one server process: nothing.
"""
