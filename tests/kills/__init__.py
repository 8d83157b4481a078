"""kill -9 of the real server before and after every boundary of a write, on both databases: one effect each."""
