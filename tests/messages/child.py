"""A process that sends what is due into a folder, or kills itself right after a file is written.

`python -m tests.messages.child URL FOLDER NOW dies|lives`
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from domain.rules import FieldService
from scheduler.messages.channel import Letter
from scheduler.messages.compose import Composer
from scheduler.messages.sender import Sender
from server.channels.folder import MessageFolder
from server.db.open import open_store
from server.db.reminders_queue import SqlReminders
from sync.engine import Engine


class Mortal(MessageFolder):
    """Carries one message, and its process ends before anybody has noted that."""

    def send(self, letter: Letter) -> str:
        """As a power cut ends a process."""
        super().send(letter)
        os.kill(os.getpid(), signal.SIGKILL)
        return ""


def main() -> None:
    """One round of sending, at the time that is given."""
    url, folder, now, fate = sys.argv[1:]
    store = open_store(url, create=False)
    with store.snapshot() as snapshot:
        epoch = snapshot.epoch()
    salts = count()
    engine = Engine(
        store, FieldService(), epoch=epoch, now=lambda: now, salt=lambda: next(salts).to_bytes(16, "big")
    )
    channel = (Mortal if fate == "dies" else MessageFolder)(Path(folder))
    queue = SqlReminders(store.database, lambda: now)
    composer = Composer(store, lambda id: f"https://service.example/c/{id}")
    print(Sender(engine, queue, composer, {"sms": channel}, lambda: now)())
    store.close()


if __name__ == "__main__":
    main()
