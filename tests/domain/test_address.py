"""Addresses in one line: nothing twice, no codes."""

from __future__ import annotations

from typing import Any

import pytest

from domain.address import one_line

WHOLE: dict[str, Any] = {
    "province": {"zh": "上海市", "en": "Shanghai"},
    "city": {"zh": "上海市", "en": "Shanghai"},
    "district": "SH-JD",
    "line": {"zh": "上海市嘉定区明湾路1120号", "en": "1120 Mingwan Rd, Jiading, Shanghai"},
}


@pytest.mark.parametrize(
    ("changed", "zh", "en"),
    [
        ({}, "上海市嘉定区明湾路1120号", "1120 Mingwan Rd, Jiading, Shanghai"),
        (
            {"line": {"zh": "明湾路1120号", "en": "1120 Mingwan Rd"}},
            "上海市明湾路1120号",
            "1120 Mingwan Rd, Shanghai",
        ),
        (
            {
                "province": {"zh": "江苏省", "en": "Jiangsu"},
                "city": {"zh": "苏州市", "en": "Suzhou"},
                "line": {"zh": "竹辉路1号", "en": "1 Zhuhui Rd"},
            },
            "江苏省苏州市竹辉路1号",
            "1 Zhuhui Rd, Suzhou, Jiangsu",
        ),
        ({"line": None}, "上海市", "Shanghai"),
        ({"line": {"zh": "明湾路1120号"}, "province": None, "city": None}, "明湾路1120号", "明湾路1120号"),
        ({"line": {"en": "1 Main Rd"}, "province": None, "city": None}, "1 Main Rd", "1 Main Rd"),
        ({"line": None, "province": None, "city": None}, "", ""),
    ],
    ids=[
        "line says all",
        "one name for both",
        "province and city",
        "no line",
        "Chinese alone",
        "English alone",
        "none",
    ],
)
def test_an_address_says_each_thing_once(changed: dict[str, Any], zh: str, en: str) -> None:
    address = {**WHOLE, **changed}

    assert (one_line(address, "zh"), one_line(address, "en")) == (zh, en)
