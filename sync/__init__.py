"""The engine: operations, merge, aggregates, manifests, conflicts, parked work and the audit chain.

It is pure (no clock, no randomness, no network, no database) and knows no work order: field service lives in `domain`.
"""
