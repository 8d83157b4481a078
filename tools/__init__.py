"""House scripts that the Makefile and `.ci/run` call: set up, lock, find PostgreSQL.
Nothing of the product imports them.
"""
