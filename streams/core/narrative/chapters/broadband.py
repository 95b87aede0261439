"""Tells what broadband users reported most, and what it was due to."""

from __future__ import annotations

from collections.abc import Iterator

from streams.core.narrative import sentences as made
from streams.core.narrative.numbers import first_of, most_of
from streams.core.narrative.sentences import Sentence
from streams.core.narrative.telling import Telling


def tell(telling: Telling) -> Iterator[Sentence]:
    """Yield the most frequent symptom and cause."""
    for key, table in (("top_symptom", "top_symptoms_pct"), ("top_cause", "top_causes_pct")):
        shares = {name: share for name, share in telling.tables["broadband"][table].items() if share is not None}
        if shares:
            highest, names = most_of(telling, shares)
            path = f"tables.broadband.{table}.{first_of(shares, highest)}"
            yield telling.sentence([telling.clause(key, name=names, share=made.percent(highest, path))])
