"""The promises as arithmetic: business calendars, versioned clock rules, and what the evidence says of each clock run.

Storage, reminders, messages and the present moment never live here: `now` and the evidence come in as arguments.
"""
