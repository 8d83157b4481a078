"""What a phone's browser can hold: keys, tokens, an outbox, itself without signal.

`python -m tests.probes.browser` asks a real Chromium; docs/decisions/0002 rests on the answers.
"""
