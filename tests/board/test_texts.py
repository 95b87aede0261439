"""The page's texts: one catalogue, whole in both languages, and nothing in it for nobody."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from streams.serve.board import page

STATIC = Path(page.__file__).parent / "static"
TEXTS = json.loads((STATIC / "texts.json").read_text())
SOURCES = "\n".join(file.read_text() for file in [*sorted(STATIC.glob("*.js")), *sorted(STATIC.glob("*.html"))])
STATED = set(re.findall(r'\btext\("(\w+)"', SOURCES)) | set(re.findall(r'data-(?:text|label|title)="(\w+)"', SOURCES))
MADE_UP = re.compile(r"^(kind|tier|theme|month)_")
"""Keys that are put together from a value of the data."""


@pytest.mark.parametrize("key", TEXTS)
def test_each_text_is_there_in_both_languages_with_the_same_places_to_fill(key: str) -> None:
    """A reader of either language gets every text, with everything that is filled into it."""
    assert set(TEXTS[key]) == {"zh", "en"}
    assert all(value.strip() for value in TEXTS[key].values())
    places = [sorted(re.findall(r"\{(\w+)\}", value)) for value in TEXTS[key].values()]
    assert places[0] == places[1]


def test_each_text_that_is_asked_for_is_there() -> None:
    """No code and no markup names a key that the catalogue lacks."""
    assert STATED - set(TEXTS) == set()
    assert len(STATED) > 50


def test_no_text_is_left_over() -> None:
    """Every key is named somewhere, as it stands or as a value of the data."""
    named = set(re.findall(r'"(\w+)"|\b(\w+):', SOURCES))
    words = {word for pair in named for word in pair} | STATED
    assert {key for key in TEXTS if key not in words and not MADE_UP.match(key)} <= {
        "missed", "met", "too_few", "no_data", "no_target", "active", "restored", "planned",
    }  # fmt: skip
