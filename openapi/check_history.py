"""Check a history that somebody handed out, with nothing but Python: `python check_history.py FILE [HEAD ...]`.

Says whether every link of the file's chain holds (sync-protocol.md, section 11), and whether each HEAD, a hash that was
noted down earlier, is one of its links: then nothing before it has been changed since. Exit status 0: all of it holds.
"""

import hashlib
import json
import sys
from typing import Any

FORMAT = "doorstep-history/1"


def faults(document: dict[str, Any], heads: list[str]) -> list[str]:
    """What does not hold, each as a sentence."""
    if document.get("format") != FORMAT:
        return [f"this is no file of the format {FORMAT}"]
    found, before = [], "00" * 32
    for place, entry in enumerate(document["entries"], start=1):
        if entry["n"] != place:
            found.append(f"entry {entry['n']} stands where entry {place} belongs")
        if entry["payload"] is not None and _commitment(entry) != entry["commitment"]:
            found.append(f"the content of entry {place} is not what was committed to")
        if _hash(before, entry["commitment"]) != entry["hash"]:
            found.append(f"entry {place} does not follow from the entry before it")
        before = entry["hash"]
    if (before, len(document["entries"])) != (document["head"], document["length"]):
        found.append("the file ends elsewhere than it says")
    links = {entry["hash"] for entry in document["entries"]}
    return found + [f"no entry has the hash {head}" for head in heads if head not in links]


def _commitment(entry: dict[str, Any]) -> str:
    return hashlib.sha256(bytes.fromhex(entry["salt"]) + entry["payload"].encode()).hexdigest()


def _hash(before: str, commitment: str) -> str:
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(commitment)).hexdigest()


def main(argv: list[str]) -> int:
    """Print what was found; 1 when something does not hold."""
    with open(argv[0], encoding="utf-8") as file:
        document = json.load(file)
    found = faults(document, argv[1:])
    for fault in found:
        print(fault)
    if not found:
        erased = sum(entry["payload"] is None for entry in document["entries"])
        held = f"{document['length']} entries hold, {erased} of them erased"
        print(f"{document['aggregate']}: {held}; head {document['head']}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
