"""Personal data of customers: what is held, handed out, erased, and erased again after a restore.

What is personal is declared in `domain`; how an aggregate is blanked is `sync.erase`'s; old copies are
`server.db.traces`'.
"""
