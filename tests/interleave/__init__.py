"""Statement by statement: 2–3 connections to a real PostgreSQL, driven through seeded schedules.

What holds here holds for any timing that the database allows; the flawed stores beside it must be caught.
"""
