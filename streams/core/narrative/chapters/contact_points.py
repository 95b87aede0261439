"""Tells where the contact points stand in the province."""

from __future__ import annotations

from collections.abc import Iterator

from streams.core.narrative import sentences as made
from streams.core.narrative.sentences import Sentence
from streams.core.narrative.telling import Telling

MOVES = {"better_by": "rank_better", "worse_by": "rank_worse"}


def tell(telling: Telling) -> Iterator[Sentence]:
    """Yield each unit's rank and the places that it won or lost."""
    for unit, items in telling.tables["contact_points"].items():
        path = f"tables.contact_points.{unit}"
        if items.get("rank_in_province") is None:
            continue
        rank = made.number(items["rank_in_province"], f"{path}.rank_in_province")
        clauses = [telling.clause("rank", name=telling.value(unit), rank=rank)]
        for key, told in MOVES.items():
            if items.get(key):
                clauses.append(telling.clause(told, places=made.number(items[key], f"{path}.{key}")))
        yield telling.sentence(clauses)
