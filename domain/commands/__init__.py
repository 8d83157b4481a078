"""What people order: each command is a function that returns drafts, for a desk, a phone or the system to author.

Drafts are pure values: ids and times come in as arguments; operation ids and bases are added by who authors them.
"""
