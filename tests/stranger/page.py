"""What a server answers to a pull, as sections 8.2 to 8.4 let an outsider expect it."""

from typing import Any

from tests.stranger.canonical import canonical
from tests.stranger.digest import aggregate_digest, manifest_digest

ENDLESS = 2**62


def answer(server: dict[str, Any], epoch: str, request: dict[str, Any]) -> dict[str, Any]:
    """The `pull` member of the reply; members that are false or empty are left out."""
    held = {name: server["aggregates"][name] for name in sorted(server["entitled"])}
    digest = manifest_digest({name: aggregate["ver"] for name, aggregate in held.items()})
    if "manifest" not in request:
        same = request.get("digest") == digest and epoch == server["epoch"]
        return {"digest": digest} | ({"unchanged": True} if same else {"send_manifest": True})
    room = server.get("limits", {}).get("reply_bytes", ENDLESS)
    reply: dict[str, Any] = {"digest": digest}
    for name in held:
        page = _page(server, name, epoch, request)
        if page is None:
            continue
        if room <= 0:
            reply["more"] = True
            break
        reply.setdefault("aggregates", []).append(page)
        room -= sum(len(canonical(record)) for record in page.get("records", []))
    leave = sorted(name for name in request["manifest"] if name not in held)
    if leave:
        reply["leave"] = leave
    return reply if "aggregates" in reply or leave else reply | {"unchanged": True}


def _page(server: dict[str, Any], name: str, epoch: str, request: dict[str, Any]) -> dict[str, Any] | None:
    aggregate, client = server["aggregates"][name], request["manifest"].get(name)
    whole = (
        client is None
        or epoch != server["epoch"]
        or name in request.get("refetch", [])
        or client < aggregate["tomb_floor"]
        or client > aggregate["ver"]
    )
    if not whole and client == aggregate["ver"]:
        return None
    after = tuple(request.get("after", {}).get(name, [0, ""]))
    if after[0] > aggregate["ver"]:
        after = (0, "")
    page: dict[str, Any] = {
        "id": name,
        "ver": aggregate["ver"],
        "digest": aggregate_digest(aggregate["records"]),
    }
    page |= {"whole": True} if whole else {}
    snapshot = server.get("snapshots", {}).get(name)
    if snapshot and whole and after == (0, ""):
        return page | {
            "ver": snapshot["ver"],
            "more": True,
            "after": [snapshot["ver"], "~"],
            "snapshot": snapshot["address"],
        }
    records = sorted(
        (
            record
            for record in aggregate["records"]
            if (record["ver"], record["id"]) > after and (whole or record["ver"] > client)
        ),
        key=lambda record: (record["ver"], record["id"]),
    )
    longest = server.get("limits", {}).get("page_records", ENDLESS)
    if len(records) > longest:
        last = (records[longest - 1]["ver"], records[longest - 1]["id"])
        following = [record for record in records if (record["ver"], record["id"]) > last]
    else:
        following = []
    if following:
        records = records[: len(records) - len(following)]
        page |= {"more": True, "after": [records[-1]["ver"], records[-1]["id"]]}
    return page | ({"records": records} if records else {})
