"""The process: settings, wiring, all SQL (`server.db`), desk endpoints, live board, the `doorstep` command.
No rule of merging or of field service is written here; those live in `sync` and `domain` and are only called.
"""
