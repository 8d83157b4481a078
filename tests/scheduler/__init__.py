"""Reminders: the contract of their queue, the tick, and several real processes that tick one database."""
