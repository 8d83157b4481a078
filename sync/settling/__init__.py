"""What stands when two words about one field meet, one file per family of policies.

Nothing here knows a record, an operation or a store: a meeting comes in, an answer goes out.
"""
