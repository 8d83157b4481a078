"""Other people's products, unmodified, as contenders. Each file knows one product's HTTP; none knows a figure."""

from __future__ import annotations

from bench.contender import Peer
from bench.peers.kinto import Kinto
from bench.peers.pouchdb import PouchDb
from bench.peers.rxdb import RxDb

PEERS: tuple[Peer, ...] = (PouchDb(), Kinto(), RxDb())
