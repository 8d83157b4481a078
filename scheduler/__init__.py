"""Durable reminders: the tick that claims what is due, and the jobs that act on it through the write door.
No SQL and no HTTP live here, and the clock that counts is handed in.
"""
