"""What a phone holds of the server's aggregates, and how a pull's answer gets there (section 8)."""

from dataclasses import dataclass, field
from typing import Any

from tests.stranger.digest import aggregate_digest, manifest_digest

Records = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Staged:
    """Pages of an aggregate that is still coming."""

    after: list[Any]
    whole: bool = False
    records: Records = field(default_factory=dict)


@dataclass
class Base:
    """Aggregates at one version each; only `apply` changes them."""

    epoch: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    records: dict[str, Records] = field(default_factory=dict)
    staged: dict[str, Staged] = field(default_factory=dict)
    refetch: list[str] = field(default_factory=list)
    shadows: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def request(self) -> dict[str, Any]:
        """The `pull` member that asks for everything that is missing."""
        asked: dict[str, Any] = {
            "manifest": {name: version for name, version in self.versions.items() if name not in self.shadows}
        }
        if self.staged:
            asked["after"] = {name: staged.after for name, staged in self.staged.items()}
        if self.refetch:
            asked["refetch"] = list(self.refetch)
        return asked

    def digest(self) -> str:
        """The manifest digest of what is held, for a poll."""
        return manifest_digest({name: v for name, v in self.versions.items() if name not in self.shadows})

    def apply(self, epoch: str, reply: dict[str, Any], pending: frozenset[str] = frozenset()) -> None:
        """Take an answer over; aggregates that `pending` operations refer to leave as shadows only."""
        if epoch != self.epoch:
            self.staged, self.epoch = {}, epoch
        self.refetch = []
        for sent in reply.get("aggregates", []):
            self.take(sent)
        if reply and not reply.get("send_manifest"):
            self.forget_staging(reply)
        for name in reply.get("leave", []):
            self.shadows.add(name)
            self.staged.pop(name, None)
        self.release(pending)

    def forget_staging(self, reply: dict[str, Any]) -> None:
        """What a complete answer does not mention needs nothing, or is not the user's any more."""
        mentioned = {sent["id"] for sent in reply.get("aggregates", [])}
        if not reply.get("more"):
            self.staged = {name: pages for name, pages in self.staged.items() if name in mentioned}

    def release(self, pending: frozenset[str]) -> None:
        """Drop the shadows that no pending operation refers to any more."""
        for name in [name for name in self.shadows if name not in pending]:
            self.shadows.discard(name)
            self.versions.pop(name, None)
            self.records.pop(name, None)
            self.staged.pop(name, None)

    def stage(self, name: str, records: list[dict[str, Any]]) -> None:
        """Put the records of a snapshot beside the base."""
        self.staged[name].records.update(_keyed(records))

    def take(self, sent: dict[str, Any]) -> None:
        """One aggregate of an answer: applied at once, or staged while more of it comes."""
        name, come = sent["id"], _keyed(sent.get("records", []))
        self.shadows.discard(name)
        staged = self.staged.pop(name, Staged([]))
        staged.records.update(come)
        staged.whole = staged.whole or sent.get("whole", False)
        if sent.get("more"):
            staged.after = sent["after"]
            self.staged[name] = staged
            return
        self.records[name] = staged.records if staged.whole else self.records.get(name, {}) | staged.records
        self.versions[name] = sent["ver"]
        if aggregate_digest(self.records[name].values()) == sent["digest"]:
            self.told.discard(name)
        elif name not in self.told:
            self.told.add(name)
            self.refetch.append(name)


def _keyed(records: list[dict[str, Any]]) -> Records:
    return {(record["entity"], record["id"]): record for record in records}
