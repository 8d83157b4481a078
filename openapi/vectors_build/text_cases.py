"""text.json: three-way merge of prose (section 6.8). Each line was worked out by hand with the three sentences."""

from __future__ import annotations

from openapi.vectors_build.world import Json

_LINES: list[tuple[str, str, str, str, str | None]] = [
    # name, base, standing, incoming, joined (None: a conflict)
    ("nothing changed", "abc", "abc", "abc", "abc"),
    ("only the incoming side changed", "abc", "abc", "abXc", "abXc"),
    ("only the standing side changed", "abc", "aXbc", "abc", "aXbc"),
    ("both made the same change", "abc", "abXc", "abXc", "abXc"),
    ("front and back", "one two three", "ONE two three", "one two THREE", "ONE two THREE"),
    ("back and front", "one two three", "one two THREE", "ONE two three", "ONE two THREE"),
    ("the same word", "one two three", "one 2 three", "one II three", None),
    ("overlapping passages", "abcdef", "aXYef", "abcZf", None),
    ("spans that touch are a conflict", "abcd", "aXcd", "abYd", None),
    ("one character apart is enough", "abcde", "aXcde", "abcYe", "aXcYe"),
    ("two insertions at the same place", "ab", "aXb", "aYb", None),
    ("insertions at both ends", "ab", "Xab", "abY", "XabY"),
    ("a deletion and an insertion elsewhere", "one two three", "two three", "one two three!", "two three!"),
    ("both delete different parts", "abcdef", "bcdef", "abcde", "bcde"),
    ("both delete overlapping parts", "abcdef", "adef", "abcf", None),
    ("an empty base, two texts", "", "left", "right", None),
    ("an empty base, one text", "", "", "right", "right"),
    ("everything deleted against a change", "abc", "", "abXc", None),
    (
        "Chinese",
        "风扇有噪音，已清洁。",
        "风扇有异响，已清洁。",
        "风扇有噪音，已清洁并上油。",
        "风扇有异响，已清洁并上油。",
    ),
    ("astral characters count as one", "🔧a🔩", "🔨a🔩", "🔧a🔩!", "🔨a🔩!"),
    ("half of a surrogate pair is not a common beginning", "x🔧y", "x🔨y", "x🔧y.", "x🔨y."),
    ("repeated letters: the common beginning is cut first", "aaa", "aaaa", "aab", None),
    ("line breaks are characters", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
    ("a combining mark is a character of its own", "e\u0301x", "ex", "e\u0301xy", "exy"),
]


def cases() -> list[Json]:
    """Base, standing, incoming and what comes of them; `joined` is null for a conflict."""
    return [
        {"name": name, "base": base, "standing": standing, "incoming": incoming, "expect": {"joined": joined}}
        for name, base, standing, incoming, joined in _LINES
    ]
