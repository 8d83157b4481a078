"""Stored rows out of a database and into an empty one, in a form that belongs to neither database.

Where the bytes of a backup lie, and what else is in it, is `server.backup`; no path of a backup is named here.
"""
