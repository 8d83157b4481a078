"""Field service itself: records and their owners, state machines, rules, gates and the commands that people give.

Pure: time, ids and stored state come in as arguments; no framework, database, network, clock or randomness
ever lives here.
"""
