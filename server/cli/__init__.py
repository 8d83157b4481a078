"""The `doorstep` command: one file per subcommand, each with its arguments and what it does.

Commands read settings, open what they need through `server.bootstrap`, and say what they do while they do it.
"""

from server.cli.command import main

__all__ = ["main"]
