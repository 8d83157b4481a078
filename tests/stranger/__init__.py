"""A second client of the sync protocol, written by a stranger from the published contract alone.

Nothing of the project is imported here, ever: what the contract does not say, this folder does not know.
"""
