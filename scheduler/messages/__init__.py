"""Messages leave the house: composed and sent outside any transaction, settled in the one that says how it went.
No SQL and no HTTP live here: channels are handed in.
"""
