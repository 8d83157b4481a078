"""The promises as arithmetic, tested without a clock, a database or a file."""
