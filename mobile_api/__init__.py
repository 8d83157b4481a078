"""What a phone speaks over HTTP: enrolment, the one exchange, uploads, signed links to media.

No SQL and no rule of field service lives here: requests are parsed, handed to those who decide, and answered.
"""
