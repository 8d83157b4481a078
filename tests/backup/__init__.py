"""Backups: made beside writers, damaged in every way, restored into either database, and the epoch played through."""
