"""All consistency checks over one demo company; the demo is built only from content that passes them."""

from __future__ import annotations

from server.demo.content.check_catalogue import CATALOGUE_CHECKS
from server.demo.content.check_customers import CUSTOMER_CHECKS
from server.demo.content.check_lately import LATELY_CHECKS
from server.demo.content.check_orders import ORDER_CHECKS
from server.demo.content.world import World

CHECKS = {
    check.__name__: check for check in (*CATALOGUE_CHECKS, *CUSTOMER_CHECKS, *ORDER_CHECKS, *LATELY_CHECKS)
}


def findings(world: World) -> dict[str, list[str]]:
    """Check name → defects in sentences; empty when the content is sound."""
    found = {name: list(check(world)) for name, check in CHECKS.items()}
    return {name: defects for name, defects in found.items() if defects}
