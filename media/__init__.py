"""Bytes on their way in and at rest: resumable uploads, the stores that keep them, and the proof that they
are whole.

No work order, no HTTP, no SQL and no clock live here: those who know them pass them in.
"""
