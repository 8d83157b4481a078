"""Uploads with real parts: a real server process, other people's clients, kills and power cuts."""
