"""Tells of complaints: how many and where from, those overdue, fined and justified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.core.narrative import sentences as made
from streams.core.narrative.numbers import count_sentence, first_of, most_counted, most_of
from streams.core.narrative.sentences import Sentence, Source
from streams.core.narrative.telling import Telling
from streams.core.tables import TOTAL

TABLE = "tables.complaints"


def tell(telling: Telling) -> Iterator[Sentence]:
    """Yield how many complaints there were, most of them by channel and category, and those escalated."""
    for identity in ("complaints", "escalated_complaints"):
        figure = telling.count_figure(identity)
        if figure is not None:
            yield count_sentence(telling, figure)
    yield from most_counted(telling, "most_by_channel", "complaints", "channel")
    yield from most_counted(telling, "most_by_category", "complaints", "category")


def tell_timeliness(telling: Telling) -> Iterator[Sentence]:
    """Yield how many were overdue, and whose most."""
    overdue = telling.tables["complaints"]["overdue_by_department"]
    parts, whole = _parts(overdue), overdue[TOTAL]
    if not telling.tables["complaints"]["cases"]:
        return
    if not whole or not parts:
        yield telling.sentence([telling.clause("none_overdue")])
        return
    most, names = most_of(telling, parts)
    path = f"{TABLE}.overdue_by_department"
    clause = telling.clause(
        "most_overdue",
        count=made.count(whole, f"{path}.{TOTAL}"),
        name=names,
        most=made.count(int(most), f"{path}.{first_of(parts, most)}"),
    )
    yield telling.sentence([clause])


def tell_penalties(telling: Telling) -> Iterator[Sentence]:
    """Yield what the penalties come to, and whose are highest; their sum ends each row."""
    penalties = telling.tables["complaints"]["penalties"]
    sums = {name: row[-1] for name, row in _parts(penalties).items()}
    if not sums or not penalties[TOTAL][-1]:
        return
    most, names = most_of(telling, sums)
    last = len(penalties[TOTAL]) - 1
    clause = telling.clause(
        "penalties",
        yuan=made.amount(penalties[TOTAL][-1], f"{TABLE}.penalties.{TOTAL}[{last}]"),
        name=names,
        most=made.amount(most, f"{TABLE}.penalties.{first_of(sums, most)}[{last}]"),
    )
    yield telling.sentence([clause])


def tell_justified(telling: Telling) -> Iterator[Sentence]:
    """Yield how many were found justified, and whose most."""
    justified = telling.tables["complaints"]["justified_by_department"]
    parts, whole = _parts(justified), justified[TOTAL]
    if not whole or not parts:
        return
    most, names = most_of(telling, parts)
    paths = tuple(f"{TABLE}.justified_by_department.{name}" for name in (first_of(parts, most), TOTAL))
    clause = telling.clause(
        "justified",
        count=made.count(whole, paths[1]),
        name=names,
        most=made.count(int(most), paths[0]),
        share=made.share(Source((int(most), whole), (paths[0], paths[1]))),
    )
    yield telling.sentence([clause])


def _parts(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: row for name, row in rows.items() if name != TOTAL}
