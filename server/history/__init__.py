"""What became of records, for people: read from the audit chain, told in words, handed out to be checked elsewhere."""
