"""Messages, tied together: who composes, what carries, what calls the sender, and the links in the words."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from mobile_api.clock import Clock, instant
from scheduler.messages.compose import Composer
from scheduler.messages.sender import Routes, Sender
from scheduler.ticker import Ticker
from server.channels.chosen import chosen_routes, message_folder
from server.channels.folder import MessageFolder
from server.db.open import SqlStore
from server.db.reminders_queue import SqlReminders
from server.public.link import Links
from server.settings import Settings
from sync.engine import Engine

TICK_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Messaging:
    """What routes and the process need of it. `ticker` is started by whoever serves."""

    folder: MessageFolder
    routes: Routes
    links: Links
    sender: Sender
    ticker: Ticker

    @property
    def is_local(self) -> bool:
        """Nothing leaves the house: messages land in the folder."""
        return self.folder in self.routes.values()


def messaging(settings: Settings, store: SqlStore, engine: Engine, beside: Path, clock: Clock) -> Messaging:
    """`beside`: the folder of media, beside which that of messages lies."""
    folder = message_folder(beside)
    routes = chosen_routes(settings, folder, clock)
    links = Links(settings.secret, settings.base_url)
    given = None if clock is time.time else lambda: instant(clock())
    sender = Sender(
        engine,
        SqlReminders(store.database, given),
        Composer(store, links.url),
        routes,
        lambda: instant(clock()),
    )
    return Messaging(
        folder=folder, routes=routes, links=links, sender=sender, ticker=Ticker(sender, TICK_SECONDS)
    )
