"""What those who watch the process are answered."""

from __future__ import annotations

import copy
from typing import Any

from server.observe.metrics import CONTENT_TYPE

Json = dict[str, Any]


def describe_health(paths: Json) -> None:
    """Numbers are text, and a process that cannot work says what is wrong in the form in which it says that it can."""
    numbers = paths["/metrics"]["get"]["responses"]["200"]
    numbers["content"] = {CONTENT_TYPE.partition(";")[0]: {"schema": {"type": "string"}}}
    answers = paths["/v1/ready"]["get"]["responses"]
    answers["503"] = {
        **copy.deepcopy(answers["200"]),
        "description": "Not ready: `checks` says which is at fault",
    }
