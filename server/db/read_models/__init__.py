"""Typed tables for desks' lists, search and board, made from records; `doorstep rebuild` makes them all again."""
