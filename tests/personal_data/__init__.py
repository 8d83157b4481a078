"""A customer whose data are everywhere, and what is left of them after an erasure; needs no other test's company."""
