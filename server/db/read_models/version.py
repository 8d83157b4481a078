"""Which rows this release makes from the same records."""

VERSION = 2
"""Raise it with every change that gives a record another row: a column more, or another meaning of one.

A database whose rows are another release's says so until `doorstep rebuild` has run.
"""
