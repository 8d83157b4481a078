"""An append-only log as public transparency logs keep theirs: tree hashes, proofs, signed notes and checkpoints.

What a leaf says is nobody's business here; keys and the arithmetic of signatures come in as arguments.
"""
