"""Who may look at a photo or clip, and the links by which its bytes are read.

Nothing here opens a file: what is shown was inspected before (`media.inspection`).
"""
