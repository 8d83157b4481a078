"""The declaration of every record, one file per topic; `domain.declaration` puts them together.

Only fields, types, owners, policies and meanings live here; what follows from a change lives in `domain.rules`.
"""
