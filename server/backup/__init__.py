"""A backup as files: how it is made beside a running server, verified, and given back to an empty place.

Which rows it holds and how a database takes them is `server.db.backup`; no SQL is here.
"""
