"""Every id of Anna's, asked for or written to by somebody else at every door; a door returns what it gave away.

A finding is a sentence about something of hers that came back, that changed, or that broke the server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.security.handset import BYTES, TUS, Handset
from tests.security.held import SECRET, Held, changed, state
from tests.security.parties import Parties

Door = Callable[[Parties], list[str]]
BASES = (0, 1, 2, 999)


@dataclass
class Watch:
    """Looks at each answer for anything of Anna's that was not in the question."""

    held: Held
    named: set[str]
    """What of hers Ben has named in records of his own, where he reads it ever after."""
    found: list[str]
    words: tuple[str, ...] = (SECRET,)
    """What may not be said; a desk is told of some kinds, and may name ids."""
    tells_ids: bool = False

    def saw(self, asked: str, answer: httpx.Response) -> httpx.Response:
        """Keep what is wrong with this answer."""
        assert SECRET not in asked, "the question would hide what the answer tells"
        said = f"{answer.headers} {answer.text}"
        asked = f"{asked} {answer.request.url} {' '.join(self.named)}"
        about = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
        self.found += [f"{about}: {one}" for one in self.held.told(said, asked, self.words, self.tells_ids)]
        if answer.status_code >= 500:
            self.found.append(f"{about}: {answer.text}")
        return answer


def watched(parties: Parties, replay: Callable[[Parties, Watch], None]) -> list[str]:
    """Run it; everything that came back of Anna's, and everything of hers that differs afterwards."""
    watch = Watch(parties.held, parties.named, [])
    before = state(parties.live, parties.held)
    replay(parties, watch)
    return [*watch.found, *changed(before, state(parties.live, parties.held))]


def door(replay: Callable[[Parties, Watch], None]) -> Door:
    """A replay as something that returns its findings."""

    def findings(parties: Parties) -> list[str]:
        return watched(parties, replay)

    findings.__name__ = replay.__name__
    findings.__doc__ = replay.__doc__
    return findings


def exchanged(
    parties: Parties, watch: Watch, ops: list[dict[str, Any]], pull: Any = None, **push: Any
) -> None:
    """One exchange of Ben's; an honest pull of everything behind it tells whether the push opened something."""
    for one in (lambda: parties.ben.exchange(ops, pull, **push), parties.ben.exchange):
        answer = one()
        assert answer.status_code == 200, answer.text
        watch.saw(answer.request.content.decode(), answer)


@door
def pull(parties: Parties, watch: Watch) -> None:
    """Each aggregate claimed, refetched and paged, one by one and all at once."""
    for asked in [*([one] for one in parties.held.aggregates), parties.held.aggregates]:
        for ver in BASES:
            exchanged(parties, watch, [], {"manifest": dict.fromkeys(asked, ver)})
            exchanged(parties, watch, [], {"manifest": {}, "after": {one: [ver, "~"] for one in asked}})
        exchanged(parties, watch, [], {"manifest": dict.fromkeys(asked, 1), "refetch": asked})
        exchanged(parties, watch, [], {"manifest": {}, "refetch": asked})


@door
def parked(parties: Parties, watch: Watch) -> None:
    """What became of her operations, by number and by id."""
    ids = [one["id"] for one in parties.held.operations]
    exchanged(parties, watch, [], parked=list(range(1, 30)), parked_ids=ids)


@door
def push(parties: Parties, watch: Watch) -> None:
    """Each of her records made, changed and deleted, where it is and as if it were Ben's, from every base."""
    for operations in writes(parties):
        exchanged(parties, watch, operations)


@door
def copied_operations(parties: Parties, watch: Watch) -> None:
    """Her own operations, sent by Ben's phone: under his name and numbers, and under hers."""
    ben = parties.ben
    for hers in ((), ("device",), ("device", "seq")):
        again = [
            ben.operation(**{name: value for name, value in reworded(one).items() if name in kept})
            for one in parties.held.operations
            for kept in [("entity", "record", "aggregate", "action", "base", "set", *hers)]
        ]
        exchanged(parties, watch, again)


@door
def references(parties: Parties, watch: Watch) -> None:
    """New records in Ben's own aggregates, and new orders, that point at what is hers."""
    ben, held = parties.ben, parties.held
    order, _ = parties.bens
    here = {"aggregate": f"work_order/{order}", "action": "create"}
    annas = {"site": "anna-site", "customer": "anna-customer"}
    parties.named.update(annas.values())
    (visit,) = held.of("visit")
    new = f"ben-{ben.seq}"
    opened = {"opened_at": "2031-05-05T01:00:00Z", "opened_by": "u-ben", "symptom": "x", **annas}
    moved = {"part": "part-1", "quantity": 1, "kind": "use", "from_location": "anna-van"}
    photo = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": 1, "sha256": "0" * 64}
    about = {"entity": "site", "record": "anna-site", "field": "access_notes", "value": {"zh": "x"}}
    exchanged(parties, watch, [
        ben.operation(entity="work_order", record=new, aggregate=f"work_order/{new}", action="create", set=opened),
        ben.operation(entity="visit", record=f"{new}-v", aggregate=f"work_order/{new}", action="create",
                      set={"work_order": new, "technician": "u-ben"}),
        ben.operation(**here, entity="note", record=f"{new}-n", set={"text": "x", "visit": visit}),
        ben.operation(**here, entity="media", record=f"{new}-m", set={**photo, "visit": visit}),
        ben.operation(**here, entity="stock_move", record=f"{new}-s", set=moved),
        ben.operation(**here, entity="expert_case", record=f"{new}-e", moved_from="anna-note",
                      set={"visit": visit, "asked_by": "u-anna", "question": "?", "media": {"add": ["anna-photo"]}}),
        ben.operation(entity="contact", record=f"{new}-c", aggregate="site/anna-site", action="create",
                      set={"site": "anna-site", "name": {"zh": "x"}}),
        ben.operation(entity="master_change", record=f"{new}-x", aggregate="site/site-1", action="create", set=about),
    ])  # fmt: skip
    answer = parties.ben.client.get("/v1/manifest")
    watch.saw("", answer)


def reworded(value: dict[str, Any]) -> dict[str, Any]:
    """The same without her words, so that they are in no question."""
    found: dict[str, Any] = json.loads(json.dumps(value).replace(SECRET, "bens-words"))
    return found


def writes(parties: Parties) -> Iterator[list[dict[str, Any]]]:
    """Operations of Ben's on each of her records, an exchange each record."""
    ben, (order, _) = parties.ben, parties.bens
    for (entity, id), record in parties.held.records.items():
        yield [
            ben.operation(entity=entity, record=id, aggregate=aggregate, action=action,
                          base=[ben.epoch, base], set=set)
            for aggregate in (record.aggregate, f"work_order/{order}", "self/u-ben")
            for action, set in (("update", _any_change(entity)), ("delete", {}), ("create", reworded(record.fields)))
            for base in BASES
        ]  # fmt: skip


_CHANGES: dict[str, dict[str, Any]] = {
    "visit": {"exec_state": {"event": "arrive"}, "cause": "x"},
    "contact": {"phone": "13911111111"},
    "conflict": {"decision": {"choose": "losing"}},
    "asset": {"serial": "x"},
    "site": {"access_notes": {"zh": "x"}},
    "work_order": {"symptom": "x"},
    "technician": {"name": {"zh": "x"}},
    "stock_location": {"name": {"zh": "x"}},
    "customer": {"name": {"zh": "x"}},
}


def _any_change(entity: str) -> dict[str, Any]:
    return _CHANGES.get(entity, {"text": "x"})


@door
def uploads(parties: Parties, watch: Watch) -> None:
    """Her uploads looked at, appended to, given up and begun anew, the method overridden too."""
    ben, held = parties.ben, parties.held
    for location, media in held.uploads.items():
        sha256, size = held.media[media]
        for verb in ("HEAD", "DELETE"):
            watch.saw(location, ben.client.request(verb, location, headers=TUS))
            forced = {**TUS, "X-HTTP-Method-Override": verb}
            watch.saw(location, ben.client.post(location, headers=forced))
        for offset in (0, 200, size):
            watch.saw(location, ben.append(location, offset, b"ben" * 10))
            watch.saw(location, ben.append(location, offset, b""))
        for hash in (sha256, "0" * 64):
            begun = watch.saw(f"{media} {sha256}", ben.begin_upload(media, hash, size))
            if begun.status_code < 400:
                watch.found.append(f"POST {begun.status_code}: an upload of her media was opened")
        headers = {**TUS, "Content-Type": BYTES, "Upload-Concat": f"final;{location}"}
        watch.saw(location, ben.client.post("/v1/uploads", headers=headers))


@door
def snapshots(parties: Parties, watch: Watch) -> None:
    """A first load whose catalogue one does not hold; and every hash of hers as a first load."""
    _, _, own = parties.snapshot.rpartition("/")
    for hash in [own, *(sha256 for sha256, _ in parties.held.media.values())]:
        for verb in ("GET", "HEAD"):
            answer = parties.outsider.client.request(verb, f"/v1/snapshots/{hash}")
            watch.saw(hash, answer)
            if answer.status_code != 404:
                watch.found.append(f"{verb} /v1/snapshots {answer.status_code}: found")


@door
def manifest(parties: Parties, watch: Watch) -> None:
    """The counted manifest, asked for with her name wherever one can be put."""
    for query in ("", "?user=u-anna", "?technician=u-anna", f"?device={parties.held.device}"):
        watch.saw("u-anna", parties.ben.client.get(f"/v1/manifest{query}"))
        named = {"Doorstep-Device": parties.held.device, "X-User": "u-anna"}
        watch.saw("u-anna", parties.ben.client.get(f"/v1/manifest{query}", headers=named))


@door
def credentials(parties: Parties, watch: Watch) -> None:
    """Her nonce under Ben's key, and Ben's token under her device's name."""
    anna, ben = parties.anna, parties.ben
    for device, nonce in ((anna.device, anna.nonce), (anna.device, ben.nonce), (ben.device, anna.nonce)):
        for path in ("/v1/token", "/v1/sync"):
            body = b'{"protocol":1,"schema":1,"epoch":"","pull":{"manifest":{}}}' if "sync" in path else b""
            client = parties.live.client(**signed(ben, body, nonce, device))
            answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
            watch.saw(f"{device} {nonce}", answer)
            if answer.status_code not in (401, 403):
                watch.found.append(f"{path} {answer.status_code}: signed by another key")


def signed(phone: Handset, body: bytes, nonce: str, device: str) -> dict[str, str]:
    """Headers of a request signed with this phone's key."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    from mobile_api.derived_key import to_base64url
    from mobile_api.device_signature import signed_bytes

    r, s = decode_dss_signature(phone.key.sign(signed_bytes(body, nonce), ec.ECDSA(hashes.SHA256())))
    signature = to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return {"Doorstep-Device": device, "Doorstep-Nonce": nonce, "Doorstep-Signature": signature}


PHONE_DOORS = [pull, parked, push, copied_operations, references, uploads, snapshots, manifest, credentials]
