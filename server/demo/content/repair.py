"""One believable repair: fault article → cause → parts that fit the model, with what they cost the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from server.demo.content.load import Content, Record
from server.demo.content.warranty import verdict

# pieces of one repair, from and to; one of everything else
PIECES = {
    "hanger_roller": (2, 4),
    "ecc_roller": (2, 4),
    "door_shoe": (2, 4),
    "nozzle": (2, 6),
    "defrost_heater": (1, 2),
}
BY_ORDER_FROM_FEN = 20000


@dataclass(frozen=True)
class Repair:
    """What was wrong and what it takes; `pieces` are (part, quantity)."""

    article: Record
    cause: Record
    pieces: list[tuple[Record, int]]

    @property
    def needs_order(self) -> bool:
        """Vans carry small parts only; dearer ones come from the outlet's store for the job."""
        return any(part["price_fen"] >= BY_ORDER_FROM_FEN for part, _ in self.pieces)


def choose_repair(content: Content, asset: Record, random: Random) -> Repair:
    """An article of the asset's model, one of its causes by weight, and a fitting part of each group."""
    articles = content.articles_by_model[asset["model"]]
    article = random.choices(articles, [max(2, 10 - place) for place in range(len(articles))])[0]
    fitting = content.parts_by_model_and_group
    causes = [
        cause
        for cause in article["causes"]
        if all((asset["equipment"], asset["model"], group) in fitting for group in cause["part_groups"])
    ]
    cause = random.choices(causes, [row["weight"] for row in causes])[0]
    pieces = []
    for group in cause["part_groups"]:
        options = fitting[asset["equipment"], asset["model"], group]
        part = options[0] if len(options) == 1 or random.random() < 0.8 else options[-1]
        pieces.append((part, random.randint(*PIECES.get(group, (1, 1)))))
    return Repair(article, cause, pieces)


def complaint_words(article: Record, random: Random) -> Record:
    """What the caller says: two of the article's symptom words. What lists show is the article's title."""
    return {"zh": "，".join(random.sample(article["symptoms"], 2)), "en": article["title"]["en"]}


def contract_on(contract: Record | None, day: date) -> bool:
    return contract is not None and contract["starts_on"] <= day.isoformat() <= contract["ends_on"]


def charge(
    content: Content,
    asset: Record,
    contract: Record | None,
    pieces: list[tuple[Record, int]],
    kind: str,
    day: date,
) -> Record:
    """Lines with covered and due amounts in fen; labour follows the unit's warranty or the contract."""
    active = contract if contract_on(contract, day) else None
    supplies_free = active is not None and bool(active["covers_consumables"])
    labour_free = (
        kind in ("installation", "complaint") or active is not None or verdict(asset, "unit", day)["covered"]
    )
    fee_code = {"maintenance": "MAINT", "training": "TRAINING"}.get(kind, "VISIT")
    fee = next(row for row in content.company["fees"] if row["code"] == fee_code)
    labour_fen = content.equipment_by_code[asset["equipment"]]["labour_fen"] if kind == "fault" else 0
    lines = [_line(fee["code"], fee["name"], 1, fee["price_fen"], labour_free)]
    if labour_fen:
        lines.append(_line("LABOUR", {"zh": "维修工时费", "en": "Labour"}, 1, labour_fen, labour_free))
    for part, quantity in pieces:
        free = verdict(asset, part["warranty"], day)["covered"] or (
            supplies_free and part["warranty"] == "consumable"
        )
        lines.append(_line(part["code"], part["name"], quantity, part["price_fen"], free))
    return {
        "lines": lines,
        "covered_fen": sum(line["amount_fen"] for line in lines if line["covered"]),
        "due_fen": sum(line["amount_fen"] for line in lines if not line["covered"]),
    }


def _line(code: str, name: Record, quantity: int, unit_price_fen: int, covered: bool) -> Record:
    return {
        "code": code,
        "name": name,
        "quantity": quantity,
        "unit_price_fen": unit_price_fen,
        "amount_fen": quantity * unit_price_fen,
        "covered": covered,
    }


def warranty_verdict(asset: Record, repair: Repair | None, day: date) -> Record:
    """The order's verdict: that of the dearest part, or of the unit when none is needed."""
    if repair is None or not repair.pieces:
        return verdict(asset, "unit", day)
    dearest = max(repair.pieces, key=lambda piece: piece[0]["price_fen"])[0]
    return verdict(asset, dearest["warranty"], day)


def solution_options(content: Content, repair: Repair, labour_fen: int) -> list[Record]:
    """At least two ways with cost and minutes; exactly one is recommended. Costs are before warranty."""
    parts_fen = sum(part["price_fen"] * quantity for part, quantity in repair.pieces)
    if not repair.pieces:
        return [
            _option("clean", "清洗调整并全面测试", "Clean, adjust and fully test", labour_fen, 60, True),
            _option(
                "contract",
                "办理年度保养合同，本次免人工",
                "Yearly service contract, this visit free",
                180000,
                60,
                False,
            ),
        ]
    options = [
        _option("original", "更换原厂件", "Replace with original parts", labour_fen + parts_fen, 75, True)
    ]
    alternative_fen, has_alternative = 0, False
    for part, quantity in repair.pieces:
        cheaper = [content.part_by_code[code] for code in part["alternatives"]]
        price = min([row["price_fen"] for row in cheaper] + [part["price_fen"]])
        has_alternative |= price < part["price_fen"]
        alternative_fen += price * quantity
    if has_alternative:
        options.append(
            _option(
                "compatible",
                "更换通用件，质保6个月",
                "Compatible part, 6 months' warranty",
                labour_fen + alternative_fen,
                75,
                False,
            )
        )
    options.append(
        _option(
            "temporary",
            "临时处理维持运行，择期更换",
            "Temporary fix now, replace later",
            labour_fen,
            40,
            False,
        )
    )
    return options


def _option(code: str, zh: str, en: str, cost_fen: int, minutes: int, recommended: bool) -> Record:
    return {
        "code": code,
        "name": {"zh": zh, "en": en},
        "cost_fen": cost_fen,
        "minutes": minutes,
        "recommended": recommended,
    }
