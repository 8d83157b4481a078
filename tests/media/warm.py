"""Imported once by the fork server: an application has been built here, so each forked server starts quickly."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.media.serve import Setup, make_app

with TemporaryDirectory() as folder:
    make_app(Setup(Path(folder), port=0))
