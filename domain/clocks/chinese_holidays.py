"""China's public holidays 2024 to 2026, as the General Office of the State Council announced them.

A year is announced late in the year before. Add it here, or enter it in the company's own file until then.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.clocks.holidays import HolidayYear, holidays

_NOTICE = "国务院办公厅关于{year}年部分节假日安排的通知，国办发明电〔{told}〕{number}号"


def _year(year: int, number: int, closed: str, made_up: str) -> HolidayYear:
    """Days as `MM-DD` and spans as `MM-DD/MM-DD`, apart by blanks."""
    return HolidayYear(
        year=year,
        source=_NOTICE.format(year=year, told=year - 1, number=number),
        closed=tuple(day for span in closed.split() for day in _days(year, span)),
        made_up=tuple(day for one in made_up.split() for day in _days(year, one)),
    )


def _days(year: int, span: str) -> list[date]:
    first, _, last = span.partition("/")
    begins, ends = (date.fromisoformat(f"{year}-{day}") for day in (first, last or first))
    return [begins + timedelta(days=more) for more in range((ends - begins).days + 1)]


CHINA = holidays(
    (
        _year(
            2024,
            7,
            "01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10 09-15/09-17 10-01/10-07",
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
        ),
        _year(
            2025,
            12,
            "01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
            "01-26 02-08 04-27 09-28 10-11",
        ),
        _year(
            2026,
            7,
            "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
            "01-04 02-14 02-28 05-09 09-20 10-10",
        ),
    )
)
