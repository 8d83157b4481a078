"""What a storekeeper may not book, and what always may be: the books follow the shelf, never a slip of the pen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from tests.server.live import Json, etag
from tests.server.orders import id_of


@dataclass
class Shelf:
    """A place of its own with so many pieces of a part, and an empty place beside it."""

    desk: httpx.Client
    here: str
    there: str
    part: str = "part-1"

    def read(self, place: str | None = None) -> httpx.Response:
        """The place as the storekeeper's form shows it."""
        return self.desk.get(f"/v1/desk/stock/{place or self.here}")

    def balance(self, place: str | None = None) -> int:
        """What the books say."""
        levels = self.read(place).json()["records"].get("stock_level", [])
        return sum(one["fields"]["balance"] for one in levels)

    def move(self, kind: str, quantity: int, **ends: str) -> httpx.Response:
        """Book a move, from a form that has just been read."""
        body = {"kind": kind, "part": self.part, "quantity": quantity, **ends}
        based = etag(self.read(ends.get("from_location") or ends.get("to_location")))
        return self.post("moves", body, based)

    def count(self, counted: int, observed: int, form: httpx.Response) -> httpx.Response:
        """Book a count from a form."""
        body = {"location": self.here, "part": self.part, "counted": counted, "observed": observed}
        return self.post("counts", body, etag(form))

    def post(self, path: str, body: Json, headers: dict[str, str]) -> httpx.Response:
        """Send it, and have the answer in Chinese."""
        return self.desk.post(
            f"/v1/desk/stock/{path}", json=body, headers={**headers, "Accept-Language": "zh"}
        )


@pytest.fixture
def shelf_of(desks: dict[str, httpx.Client]) -> Callable[[int], Shelf]:
    """Makes a shelf with so many pieces on it."""
    desk = desks["storekeeper"]

    def place() -> str:
        code = f"W-{uuid.uuid4().hex[:8]}"
        made = desk.post("/v1/desk/stock-locations", json={"fields": {"code": code, "kind": "warehouse"}})
        assert made.status_code == 201, made.text
        return id_of(made, "stock_location")

    def make(pieces: int) -> Shelf:
        shelf = Shelf(desk, place(), place())
        if pieces:
            received = shelf.move("receipt", pieces, to_location=shelf.here)
            assert received.status_code == 201, received.text
        return shelf

    return make


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, field and reason of a refusal."""
    details = answer.json()["details"]
    return answer.status_code, details["field"], details["reason"]


@pytest.mark.parametrize("kind", ["transfer", "issue", "return"])
def test_no_more_leaves_a_place_than_it_holds(shelf_of: Callable[[int], Shelf], kind: str) -> None:
    shelf = shelf_of(3)
    ends = {"from_location": shelf.here}
    if kind == "transfer":
        ends["to_location"] = shelf.there

    too_many = shelf.move(kind, 4, **ends)

    assert refused(too_many) == (422, "quantity", "not_enough_there")
    assert "账面上该库位此备件只有 3 件" in too_many.json()["detail"]
    assert (shelf.balance(), shelf.balance(shelf.there)) == (3, 0)
    all_of_them = shelf.move(kind, 3, **ends)
    assert all_of_them.status_code == 201, all_of_them.text
    assert (shelf.balance(), shelf.balance(shelf.there)) == (0, 3 if kind == "transfer" else 0)


def test_a_part_that_never_lay_there_cannot_leave(shelf_of: Callable[[int], Shelf]) -> None:
    shelf = shelf_of(0)

    assert refused(shelf.move("issue", 1, from_location=shelf.here))[2] == "not_enough_there"
    assert shelf.move("receipt", 1, to_location=shelf.here).status_code == 201
    assert shelf.move("issue", 1, from_location=shelf.here).status_code == 201


def test_of_many_hands_at_once_only_as_many_get_a_piece_as_there_are(
    shelf_of: Callable[[int], Shelf],
) -> None:
    """The balance is judged where it is changed: a reading before the write would let all of them through."""
    shelf = shelf_of(3)
    based = etag(shelf.read())
    body = {"kind": "issue", "part": shelf.part, "quantity": 1, "from_location": shelf.here}

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(lambda _: shelf.post("moves", body, based), range(8)))

    assert sorted(one.status_code for one in answers) == [201] * 3 + [422] * 5
    assert shelf.balance() == 0


@pytest.mark.parametrize(
    ("kind", "ends", "field", "reason", "sentence"),
    [
        ("receipt", ("here", "there"), "from_location", "from_unfit", "入库的备件来自外部"),
        ("receipt", ("here", ""), "from_location", "from_unfit", "入库的备件来自外部"),
        ("issue", ("", "there"), "to_location", "to_unfit", "出库的备件离开库存"),
        ("issue", ("here", "there"), "to_location", "to_unfit", "出库的备件离开库存"),
        ("transfer", ("", "there"), "from_location", "from_missing", "请填写备件从哪个库位取出"),
        ("transfer", ("here", ""), "to_location", "to_missing", "请填写备件放入哪个库位"),
        ("transfer", ("here", "here"), "to_location", "same_place", "目标库位与来源库位不能相同"),
        ("return", ("here", "here"), "to_location", "same_place", "目标库位与来源库位不能相同"),
    ],
    ids=lambda one: one if isinstance(one, str) else "-".join(one),
)
def test_each_kind_of_move_has_its_own_ends(
    shelf_of: Callable[[int], Shelf],
    kind: str,
    ends: tuple[str, str],
    field: str,
    reason: str,
    sentence: str,
) -> None:
    shelf = shelf_of(2)
    named = zip(("from_location", "to_location"), ends, strict=True)

    answer = shelf.move(kind, 1, **{end: getattr(shelf, place) for end, place in named if place})

    assert refused(answer) == (422, field, reason)
    assert sentence in answer.json()["detail"]
    assert (shelf.balance(), shelf.balance(shelf.there)) == (2, 0)


def test_the_ends_that_fit_are_taken(shelf_of: Callable[[int], Shelf]) -> None:
    shelf = shelf_of(5)
    here, there = shelf.here, shelf.there

    for kind, ends in (
        ("receipt", {"to_location": here}),
        ("issue", {"from_location": here}),
        ("transfer", {"from_location": here, "to_location": there}),
        ("return", {"from_location": there, "to_location": here}),
        ("return", {"to_location": here}),
        ("return", {"from_location": here}),
    ):
        answer = shelf.move(kind, 1, **ends)
        assert answer.status_code == 201, (kind, ends, answer.text)

    assert (shelf.balance(), shelf.balance(there)) == (5, 0)


@pytest.mark.parametrize("kind", ["receipt", "issue", "transfer", "return"])
def test_a_move_without_a_place_is_refused(shelf_of: Callable[[int], Shelf], kind: str) -> None:
    shelf = shelf_of(1)

    answer = shelf.post("moves", {"kind": kind, "part": shelf.part, "quantity": 1}, etag(shelf.read()))

    assert refused(answer) == (422, "to_location", "place_missing")
    assert "请填写备件离开的库位或到达的库位" in answer.json()["detail"]


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_and_less_than_nothing_cannot_move(shelf_of: Callable[[int], Shelf], quantity: int) -> None:
    shelf = shelf_of(2)

    answer = shelf.move("issue", quantity, from_location=shelf.here)

    assert 400 <= answer.status_code < 500
    assert "quantity" in answer.text
    assert "1" in answer.json()["detail"]
    assert shelf.balance() == 2


def test_a_count_against_a_balance_that_nobody_saw_is_refused(shelf_of: Callable[[int], Shelf]) -> None:
    shelf = shelf_of(5)
    form = shelf.read()

    slip = shelf.count(counted=4, observed=50, form=form)

    assert refused(slip) == (422, "observed", "observed_unlike")
    assert "表单所显示的账面数量为 5" in slip.json()["detail"]
    assert shelf.balance() == 5
    right = shelf.count(counted=4, observed=5, form=form)
    assert right.status_code == 201, right.text
    assert shelf.balance() == 4


def test_a_count_goes_by_its_own_form_whatever_moved_since(shelf_of: Callable[[int], Shelf]) -> None:
    """The sheet was printed at eight and is entered at ten: the moves meanwhile survive it."""
    shelf = shelf_of(5)
    sheet = shelf.read()
    for kind, ends in (
        ("issue", {"from_location": shelf.here}),
        ("transfer", {"from_location": shelf.here, "to_location": shelf.there}),
    ):
        assert shelf.move(kind, 1, **ends).status_code == 201

    by_todays_books = shelf.count(counted=6, observed=3, form=sheet)
    by_the_sheet = shelf.count(counted=6, observed=5, form=sheet)

    assert refused(by_todays_books) == (422, "observed", "observed_unlike")
    assert "表单所显示的账面数量为 5" in by_todays_books.json()["detail"]
    assert by_the_sheet.status_code == 201, by_the_sheet.text
    assert shelf.balance() == 6 - 2


def test_a_part_that_no_form_showed_was_displayed_as_none(shelf_of: Callable[[int], Shelf]) -> None:
    shelf = shelf_of(0)
    form = shelf.read()
    assert shelf.move("receipt", 2, to_location=shelf.here).status_code == 201

    assert refused(shelf.count(counted=3, observed=2, form=form))[2] == "observed_unlike"
    found = shelf.count(counted=3, observed=0, form=form)

    assert found.status_code == 201, found.text
    assert shelf.balance() == 5, "three were found by the form, two were received meanwhile"


def test_a_technicians_use_is_a_fact_below_zero_and_a_count_mends_it(
    shelf_of: Callable[[int], Shelf],
) -> None:
    """A count may begin below zero: there the books are wrong, and a storekeeper may always correct them."""
    shelf = shelf_of(1)
    form = shelf.read()
    assert shelf.move("issue", 1, from_location=shelf.here).status_code == 201
    below = shelf.count(counted=0, observed=1, form=form)
    assert below.status_code == 201, below.text
    assert shelf.balance() == -1

    assert refused(shelf.move("issue", 1, from_location=shelf.here))[2] == "not_enough_there"
    mended = shelf.count(counted=2, observed=-1, form=shelf.read())

    assert mended.status_code == 201, mended.text
    assert shelf.balance() == 2


def test_a_shelf_that_two_count_from_one_form_is_booked_once(shelf_of: Callable[[int], Shelf]) -> None:
    """A double click, or two storekeepers: each count is the difference from the form, which holds only once."""
    shelf = shelf_of(0)
    form = shelf.read()
    assert shelf.count(counted=7, observed=0, form=form).status_code == 201

    again = shelf.count(counted=7, observed=0, form=form)
    colleague = shelf.count(counted=8, observed=0, form=form)

    for late in (again, colleague):
        assert refused(late) == (422, "observed", "counted_meanwhile")
        assert "已有人盘点（7 件）" in late.json()["detail"]
    assert shelf.balance() == 7
    anew = shelf.count(counted=8, observed=7, form=shelf.read())
    assert anew.status_code == 201, anew.text
    assert shelf.balance() == 8


def test_of_many_counts_at_once_one_is_booked(shelf_of: Callable[[int], Shelf]) -> None:
    shelf = shelf_of(2)
    form = shelf.read()

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: shelf.count(counted=7, observed=2, form=form), range(4)))

    assert sorted(one.status_code for one in answers) == [201, 422, 422, 422]
    assert shelf.balance() == 7


def test_a_count_of_another_part_on_the_shelf_does_not_stand_in_the_way(
    shelf_of: Callable[[int], Shelf],
) -> None:
    shelf = shelf_of(2)
    form = shelf.read()
    code = f"P-{shelf.here}"
    fields = {"code": code, "name": {"zh": "风机"}, "price_fen": 100}
    made = shelf.desk.post("/v1/desk/parts", json={"fields": fields})
    assert made.status_code == 201, made.text
    shelf.part = id_of(made, "part")
    assert shelf.count(counted=3, observed=0, form=form).status_code == 201

    shelf.part = "part-1"

    assert shelf.count(counted=4, observed=2, form=form).status_code == 201
    assert shelf.balance() == 3 + 4
