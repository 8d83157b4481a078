"""A technician's whole day and the product's fourteen conflict cases, played over real HTTP against a running demo.

Phones are the real client, desks real sessions; nothing here looks into the server.
"""
