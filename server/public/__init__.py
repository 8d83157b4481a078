"""What customers see: pages behind the signed links in their messages, in both languages, without scripts or accounts.
No other page of a customer's is reachable, and nothing about a person is in an address or a log line.
"""
