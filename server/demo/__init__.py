"""The demo company: its content (`content`), and the builder that gives it to the write door as operations.

Nothing here writes to a database; passwords and enrolment codes are made by whoever calls the builder.
"""
