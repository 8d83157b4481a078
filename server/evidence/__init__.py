"""The evidence of sign-offs as the server gives it out: its key, the log's proofs, and the file for outsiders."""
