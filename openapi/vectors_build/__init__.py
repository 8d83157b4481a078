"""Makes `openapi/vectors/*.json` from short lists of cases whose expectations are written by hand from the protocol.

Nothing here imports the product: hashes and record bytes are computed by a few independent lines (`form`).
"""
