"""A phone in Python: what an integrator installs. It keeps work offline, replays it, and exchanges it in one request.

It imports `sync`, the engine that the server runs too, and never anything else of the server's.
"""

from doorstep_client.phone import Phone
from doorstep_client.problem import InvalidOperation, NotEnrolled, ReadOnly, Refused, Unreachable
from doorstep_client.transport import HttpTransport

__all__ = ["HttpTransport", "InvalidOperation", "NotEnrolled", "Phone", "ReadOnly", "Refused", "Unreachable"]
