"""The phones' routes over real HTTP, on a server that runs in a thread, with storage in memory."""
