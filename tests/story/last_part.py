"""The last part in a van: exactly one piece, brought there by the storekeeper."""

from __future__ import annotations

from domain.identity import stock_level_id
from tests.story.people import Form, Handset
from tests.story.stage import Stage


class LastPart:
    """A part of which the technician's van holds one piece once `bring_one` is done."""

    def __init__(self, stage: Stage, phone: Handset) -> None:
        self._stage = stage
        self.van = str(phone.fields("technician", phone.user)["van"])
        desk = stage.desk("storekeeper")
        here = {one["part"]: one["balance"] for one in desk.get("stock", location=self.van)["items"]}
        self.store, self.part = next(
            (one["location"], one["part"])
            for one in desk.get("stock")["items"]
            if one["location"].startswith("WH-")
            and one["balance"] > 1
            and here.get(one["part"], 0) == 0
            and (self.van, one["part"]) not in stage.parts_given
        )
        stage.parts_given.add((self.van, self.part))

    def bring_one(self) -> None:
        """Transfer one piece from the warehouse into the van."""
        desk = self._stage.desk("storekeeper")
        body = {
            "kind": "transfer",
            "part": self.part,
            "quantity": 1,
            "from_location": self.store,
            "to_location": self.van,
        }
        desk.write("POST", "stock/moves", body, base=desk.form(f"stock/{self.store}").base)

    def form(self) -> Form:
        """The van's stock as the storekeeper sees it."""
        return self._stage.desk("storekeeper").form(f"stock/{self.van}")

    def balance(self) -> int:
        """How many the storekeeper's screen shows in the van."""
        return int(self.form().one("stock_level", stock_level_id(self.van, self.part))["balance"])
