"""What proves a sign-off to somebody who has nothing but a file: the log's leaves, the file, its checks, the verdict.

Keys and the arithmetic of signatures come in as arguments; where leaves are kept is the server's matter.
"""
