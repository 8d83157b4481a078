"""Sends what is due: claimed as reminders are, given to a channel outside any transaction, settled with its fate."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from domain.commands.draft import update
from domain.remind_customer import SEND
from scheduler.effect import as_draft
from scheduler.failing import MOST_CLAIMS, failed, pause_seconds
from scheduler.messages.channel import Channel, Letter, Rejected, Unreachable
from scheduler.messages.compose import Composer, NobodyToTell, Withdrawn
from scheduler.messages.deadline import Deadline
from scheduler.queue import Claim, ReminderQueue
from scheduler.tick import DOOR, settlement, subject_key, timing
from sync.engine import Engine
from sync.poison import POISON
from sync.push import Refused
from sync.record import Record
from sync.reminder import Outcome, Overtaken
from sync.store import Ask, StoreUnavailable, WriteTransaction

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 20.0
"""A channel that has not answered by then is unreachable."""
LEASE_SECONDS = 300
"""Longer than every way of a message may take together."""
AT_ONCE = 8
"""So many are given to channels side by side."""
MOST_ATTEMPTS = 8
LONGEST_FAILURE = 400
LONGEST_REFERENCE = 200

Routes = Mapping[str, Channel]
"""Kind of address → the channel that carries to it."""


class Sent(msgspec.Struct, kw_only=True):
    """What became of the claims of one round of sending."""

    accepted: int = 0
    failed: int = 0
    expired: int = 0
    withdrawn: int = 0
    later: int = 0
    """Put back: their channel could not be reached."""
    overtaken: int = 0
    dead: int = 0


class Fate(msgspec.Struct, frozen=True):
    """What is to be written about a message: the event, and what goes with it."""

    event: str
    fields: dict[str, object] = {}


class Sender:
    """Call it as often as you like, in any number of threads and processes."""

    def __init__(
        self,
        engine: Engine,
        queue: ReminderQueue,
        composer: Composer,
        routes: Routes,
        now: Callable[[], str],
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        """`now` gives the server's time as an instant in UTC."""
        self._engine = engine
        self._queue = queue
        self._composer = composer
        self._routes = routes
        self._now = now
        self._deadline = Deadline(deadline_seconds)
        self._lease_seconds = lease_seconds

    def __call__(self) -> Sent:
        """Send everything that is due. Raises StoreUnavailable: what was claimed waits for its lease to run out."""
        sent = Sent()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sender") as threads:
            while claims := self._queue.claim([SEND], AT_ONCE, self._lease_seconds):
                became: list[Future[str]] = [threads.submit(self._try, claim) for claim in claims]
                for one in became:
                    name = one.result()
                    setattr(sent, name, getattr(sent, name) + 1)
        return sent

    def _try(self, claim: Claim) -> str:
        try:
            return self._send(claim)
        except StoreUnavailable:
            raise
        except Overtaken:
            return "overtaken"
        except (Refused, *POISON) as fault:
            became = failed(self._queue, claim, fault)
            return "later" if became == "failed" else became

    def _send(self, claim: Claim) -> str:
        notification = self._notification(claim)
        outcome = timing(claim, self._queue.settling_time() or claim.claimed_at)
        if notification is None or notification.fields["state"] != "waiting":
            self._settle(claim, None, None, outcome)
            return "overtaken"
        if outcome == "missed":
            self._settle(claim, notification, Fate("expire"), outcome)
            return "expired"
        try:
            fate = self._fate(notification)
        except StoreUnavailable:
            raise
        except (Unreachable, *POISON) as fault:
            # Of a fault of ours only the kind is told: its message may hold what it stumbled over.
            why = str(fault) if isinstance(fault, Unreachable) else type(fault).__name__
            if claim.attempts + 1 < MOST_ATTEMPTS and claim.fence < MOST_CLAIMS:
                ours = self._queue.put_back(claim, why, pause_seconds(claim.attempts))
                return "later" if ours else "overtaken"
            fate = _failure(why)
        self._settle(claim, notification, fate, outcome)
        return {"accept": "accepted", "fail": "failed", "withdraw": "withdrawn"}[fate.event]

    def _fate(self, notification: Record) -> Fate:
        """Try one way after the other, until a channel takes it. Raises Unreachable."""
        try:
            letters = self._composer.letters(notification)
        except Withdrawn:
            return Fate("withdraw")
        except NobodyToTell as nobody:
            return _failure(str(nobody))
        why = "no_channel"
        for letter in letters:
            channel = self._routes.get(letter.route)
            if channel is None:
                continue
            try:
                return self._accepted(channel, letter)
            except Rejected as rejected:
                why = f"{channel.name}: {rejected}"
                log.warning("%s rejected the message %s: %s", channel.name, letter.key, rejected)
        return _failure(why)

    def _accepted(self, channel: Channel, letter: Letter) -> Fate:
        reference = self._deadline(channel, letter)
        took: dict[str, object] = {"at": self._now(), "channel": channel.name, "language": letter.language}
        if reference:
            took["reference"] = reference[:LONGEST_REFERENCE]
        return Fate("accept", {"accepted": took})

    def _settle(self, claim: Claim, notification: Record | None, fate: Fate | None, outcome: Outcome) -> None:
        """Write what became of it and settle the claim, in one transaction. Raises Overtaken."""
        drafts = []
        if notification is not None and fate is not None:
            changed = update(notification, state={"event": fate.event}, **fate.fields)
            drafts = [as_draft(claim, changed)]
        ways: Sequence[Outcome] = (outcome, "missed")
        for way in dict.fromkeys(ways):
            try:
                self._engine.write(DOOR, drafts, [settlement(claim, way, self._queue.settling_time())])
                return
            except Overtaken:
                # What left in time is written down although its time has passed while the channel answered.
                if way == "missed":
                    raise

    def _notification(self, claim: Claim) -> Record | None:
        key = subject_key(claim)

        def load(tx: WriteTransaction) -> Record | None:
            return tx.load(Ask(records=[key])).records.get(key)

        return self._engine.store.transact(load)


def _failure(why: str) -> Fate:
    return Fate("fail", {"failure": why[:LONGEST_FAILURE]})
