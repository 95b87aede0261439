"""What a scope covers, and what people are told of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.events.outage import Scope
from streams.core.outages.numbers import Numbers
from streams.core.outages.scope import covers, place, stated_numbers

SCOPE = Scope(ranges=[("6182560", "6182687"), ("01", "09")], prefixes=["663"], sites=["FTTB媒体箱"])


@pytest.mark.parametrize(
    ("number", "site", "covered"),
    [
        ("6182560", None, True),
        ("6182687", None, True),
        ("6182688", None, False),
        ("6182559", None, False),
        ("61825600", None, False),
        ("05", None, True),
        ("5", None, False),
        ("6630000", None, True),
        ("663", None, True),
        ("66", None, False),
        ("663abc", None, False),
        ("618256A", None, False),
        ("无", None, False),
        ("", None, False),
        ("无", "FTTB媒体箱", True),
        ("7120001", "FTTB媒体箱", True),
        ("7120001", "another", False),
        ("6630000", "another", True),
    ],
)
def test_a_line_is_covered_by_its_number_or_its_site(number: str, site: str | None, covered: bool) -> None:
    """Ranges hold equally long numbers, both ends among them; prefixes digits of any length; names neither."""
    assert covers(SCOPE, number, site) is covered


@given(st.from_regex(r"[0-9]{1,8}|[0-9a]{1,8}", fullmatch=True))
def test_covers_says_the_same_as_the_set(number: str) -> None:
    """A number is covered where the set of ranges and prefixes contains it."""
    numbers = stated_numbers(SCOPE) | Numbers.of_prefix("663")
    assert covers(SCOPE, number, None) == numbers.contains(number)


def test_numbers_stated_twice_are_stated_once() -> None:
    """Overlapping ranges are joined."""
    assert stated_numbers(Scope(ranges=[("100", "150"), ("140", "199"), ("100", "100")])).size == 100


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(ranges=[("6182560", "6182687")]), "6182xxx"),
        (Scope(ranges=[("6182560", "6182560")]), "618256x"),
        (Scope(ranges=[("1", "9")]), "x"),
        (Scope(prefixes=["663"]), "663"),
        (Scope(prefixes=["6630017"]), "663001…"),
        (Scope(sites=["FTTB媒体箱"]), "FTTB媒体箱"),
        (SCOPE, "FTTB媒体箱, 663, 6182xxx, …"),
        (Scope(ranges=[("6182560", "6182687"), ("6182700", "6182799"), ("71", "71")]), "6182xxx, 61827xx, 7x"),
        (Scope(ranges=[("6182560", "6182687"), ("6182690", "6182799")]), "6182xxx"),
    ],
)
def test_a_place_is_short_and_nobodys_number(scope: Scope, words: str) -> None:
    """At most three places, each once; at least a number's last digit is hidden, and a long prefix's rest."""
    assert place(scope) == words
