"""The numbered promises of docs/ARCHITECTURE.md, one file each, over seeded worlds. What is expected is computed here a
second time, from the written protocol, and never by the code under test."""
