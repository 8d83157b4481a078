"""The verifier that stands alone, put on the path as somebody has it who was handed it."""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "clients" / "verifier"
if str(FOLDER) not in sys.path:
    sys.path.insert(0, str(FOLDER))

from doorstep_verify import checks, ed25519, es256, file, merkle, note, sentences, verdict, words  # noqa: E402

__all__ = ["FOLDER", "checks", "ed25519", "es256", "file", "merkle", "note", "sentences", "verdict", "words"]
