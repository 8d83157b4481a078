"""What desks ask of the read models: one question per file, each answered from one consistent reading.

Nothing here judges who may ask: that is `server.desk`.
"""
