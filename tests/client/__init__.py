"""The Python client against the real engine in memory: what it promises to a technician, one test per promise."""
