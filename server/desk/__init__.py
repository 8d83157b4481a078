"""What a desk speaks over HTTP, under `/v1/desk`: sign-in, reading and writing field service, the live stream.

One noun per file. Every write goes through `door`, with the base that its form displayed; no SQL and no merge here.
"""
