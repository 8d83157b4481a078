"""Verifies files of evidence of Doorstep: alone, offline, with Python's standard library and nothing else.

Written apart from the server, whose verdict it must equal; the format is openapi/evidence.md.
"""
