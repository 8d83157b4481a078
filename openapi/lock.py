"""`wire.lock`: the protocol's number and the hashes of all that it stands for. A change needs somebody's decision.

python -m openapi.lock --compatible   older sides can ignore what changed (sync-protocol.md, section 15)
python -m openapi.lock --next         they cannot: `sync.wire.PROTOCOL` has been raised
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from openapi.wire import json_schemas
from sync.wire import PROTOCOL

FOLDER = Path(__file__).parent
LOCK = FOLDER / "wire.lock"


def current() -> dict[str, Any]:
    """What the lock would say now."""
    structures = json.dumps(json_schemas(), sort_keys=True, ensure_ascii=False).encode()
    hashes = {"structures": hashlib.sha256(structures).hexdigest()}
    for path in [FOLDER / "sync-protocol.md", *sorted((FOLDER / "vectors").glob("*.json"))]:
        hashes[str(path.relative_to(FOLDER))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"protocol": PROTOCOL, "hashes": hashes}


def locked() -> dict[str, Any]:
    """What was decided last."""
    if not LOCK.exists():
        return {"protocol": 0, "hashes": {}}
    found: dict[str, Any] = json.loads(LOCK.read_text("utf-8"))
    return found


def undecided(now: dict[str, Any], before: dict[str, Any]) -> str:
    """What has to be decided, as a sentence; empty when nothing has changed."""
    names = sorted(set(now["hashes"]) | set(before["hashes"]))
    changed = [name for name in names if now["hashes"].get(name) != before["hashes"].get(name)]
    if not changed and now["protocol"] == before["protocol"]:
        return ""
    what = ", ".join(changed) or "the protocol's number"
    return (
        f"The wire has changed ({what}) since it was locked as protocol {before['protocol']}. Decide by section 15 of "
        "openapi/sync-protocol.md: if older phones and servers can ignore the change, run `python -m openapi.lock "
        "--compatible`; if they cannot, raise PROTOCOL in sync/wire.py and run `python -m openapi.lock --next`."
    )


def decide(how: str, now: dict[str, Any], before: dict[str, Any]) -> str:
    """Why a decision cannot be written down, as a sentence; empty when it can."""
    if how == "--compatible" and before["protocol"] not in (0, now["protocol"]):
        return f"PROTOCOL is {now['protocol']}, not {before['protocol']} as locked: that is --next."
    if how == "--next" and now["protocol"] != before["protocol"] + 1:
        return f"PROTOCOL in sync/wire.py is {now['protocol']}; --next needs {before['protocol'] + 1}."
    return ""


def main(arguments: list[str]) -> int:
    """Write the lock as decided; without a decision say what there is to decide, and exit 1 if there is."""
    now, before = current(), locked()
    if arguments not in (["--compatible"], ["--next"]):
        print(undecided(now, before) or f"The wire is locked as protocol {now['protocol']}.")
        return 1 if undecided(now, before) else 0
    if problem := decide(arguments[0], now, before):
        print(problem)
        return 1
    LOCK.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    print(f"Locked as protocol {now['protocol']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
