"""Which passwords everybody tries first: long enough for the rules, and in every guesser's list.

What such lists hold from ten characters on is nearly all of three kinds: one thing again and again, a walk along the
keyboard or the alphabet, and a favourite word dressed with digits and signs.
"""

from __future__ import annotations

import re

_LONGEST_REPEATED = 4
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "01234567890123456789",
    "qwertyuiop1234567890",
    "1234567890qwertyuiop",
)
_WORDS = (
    "password", "passwort", "passw0rd", "p@ssw0rd", "p@ssword", "passwd", "mima", "admin", "administrator", "root",
    "user", "guest", "test", "tester", "demo", "doorstep", "shangmen", "welcome", "changeme", "letmein", "login",
    "secret", "default", "qwerty", "qwertyuiop", "asdf", "asdfgh", "asdfghjkl", "zxcvbnm", "abc", "abcd", "abcdef",
    "qaz", "qazwsx", "wsx", "iloveyou", "woaini", "woaiwo", "wangyi", "baidu", "taobao", "zhang", "wang", "liu", "chen",
    "football", "baseball", "basketball", "superman", "batman", "spiderman", "pokemon", "monkey", "dragon", "princess",
    "sunshine", "michael", "jordan", "liverpool", "chelsea", "google", "facebook", "computer", "internet", "samsung",
    "master", "shadow", "starwars", "whatever", "freedom", "killer", "hello", "helloworld", "summer", "winter",
    "spring", "autumn", "monday", "friday", "company", "service", "support", "office", "manager", "a", "aa", "q", "qq",
    "z", "zz", "x", "xx", "w", "ww", "abc123abc", "",
)  # fmt: skip
_DRESSED = re.compile(
    rf"[\W\d_]*(?:{'|'.join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))})[\W\d_]*"
)


def is_common(password: str) -> bool:
    """Whether a guesser would try it among the first. Digits and signs alone count as such."""
    plain = re.sub(r"\s", "", password).casefold()
    return _is_repeated(plain) or _is_walk(plain) or bool(_DRESSED.fullmatch(plain))


def _is_repeated(plain: str) -> bool:
    lengths = range(1, min(_LONGEST_REPEATED, len(plain) // 2) + 1)
    return any(plain == (plain[:n] * len(plain))[: len(plain)] for n in lengths)


def _is_walk(plain: str) -> bool:
    """Along a row, from either end and also beginning anew at its end."""
    return any(plain in way + way for walk in _WALKS for way in (walk, walk[::-1]))
