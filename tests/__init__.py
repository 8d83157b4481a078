"""Tests of the promises, one folder per room, with the real parts they start in `tests.parts`.
Nothing of the product imports it.
"""
