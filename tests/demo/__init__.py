"""The demo company: its content, the company behind the write door, and `doorstep demo` as a process."""
