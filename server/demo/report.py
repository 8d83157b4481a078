"""The service report as it reached the customer, with the rating that came back."""

from __future__ import annotations

from typing import Any

from domain.commands.draft import Drafted, create
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.job import Job

CHANNELS = {"phone": "sms", "wechat": "wechat", "sms": "sms"}


def report(job: Job, row: Record, rating: Record | None) -> Drafted:
    """The report of an order's last visit, delivered by message. The demo keeps no rendered bytes of it."""
    order, world = job.order, job.world
    channel = CHANNELS[world.by_id[order["contact"]]["channel"]]
    at = order["report_delivered_at"]
    return create(
        "service_report",
        stable_id("service_report", row["id"]),
        job.aggregate,
        visit=row["id"],
        template="service-report-1",
        locale=world.by_id[order["customer"]]["language"],
        rendered_on="server",
        rendered_at=at,
        state={"event": "deliver"},
        delivered={"at": at, "channel": channel},
        rating=_rating(rating),
        final=True,
    )


def _rating(row: Record | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"stars": row["stars"], "recommends": row["recommend"], "comment": row["comment"]}
