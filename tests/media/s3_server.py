"""A server that speaks S3 for tests: moto, in a thread, over HTTP. It checks no signature."""

from __future__ import annotations

import logging
from itertools import count

from moto.server import ThreadedMotoServer

from media.bucket import Bucket, BucketAddress

_numbers = count()


class S3Server:
    """One server with as many buckets as are asked for."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.endpoint = "http://{}:{}".format(*self._server.get_host_and_port())

    def address(self, **changed: str) -> BucketAddress:
        """A new bucket."""
        address = BucketAddress(
            bucket=f"clips-{next(_numbers)}",
            prefix="tests",
            endpoint=self.endpoint,
            region="us-east-1",
            access_key="AK",
            secret_key="SK",
            **changed,
        )
        Bucket(address)._client.create_bucket(Bucket=address.bucket)
        return address

    def stop(self) -> None:
        self._server.stop()
