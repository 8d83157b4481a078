"""Probes measure what we do not control (browsers, systems) before a decision rests on it.

They are run by hand, print what they saw, and are never part of the product or of `make test`.
"""
