"""The code, broken on purpose: for each invariant the mutations that its test must catch, and their
runner.

Nothing here is imported by the product. `python -m tests.mutants` runs all; words after it choose some by name.
"""
