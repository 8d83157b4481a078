"""Real parts that tests start and stop by process id: a PostgreSQL cluster, a free port, the server itself.
No fakes live here, and nothing that a test asserts.
"""
