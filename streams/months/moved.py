"""What moved in a month: between the edition in force and the figures now, or as a restatement recorded it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from streams.core.catalogue.indicator import Text
from streams.core.restating import ChangedFact, Moved, Restatement, leaves, moved_paths
from streams.core.snapshot import read_snapshot
from streams.logs import masked_text
from streams.reports.document import LANGUAGES
from streams.reports.document.figure_names import FigureNames
from streams.reports.document.words import Words

MOST_SHOWN = 300
"""A page shows no more figures; the edition's file has all of them."""


class NamedMove(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One figure that moved, with its names and the facts (topic/id) that explain it, where they are known."""

    path: str
    names: Text
    before: Any
    after: Any
    facts: list[str] = []


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """Figures that moved: the first of them, and how many there are.

    edition: the one compared with, or the restatement's own. as_of: the clock of the later figures. reason, facts: of
    a restatement; None and empty where figures of now are compared.
    """

    period: str
    edition: int
    as_of: str
    total: int
    moved: list[NamedMove]
    targets_changed: bool
    definitions_changed: bool
    reason: str | None = None
    facts: list[ChangedFact] = []


Names = Mapping[str, Mapping[str, str]]
"""What the definitions call values of labels: value → language → name."""


def moved_since(edition: bytes, now: bytes, names: Names) -> Moves:
    """Return what differs between the documents of an edition and of a snapshot of now."""
    before, after = msgspec.json.decode(edition), msgspec.json.decode(now)
    old, new = leaves(before), leaves(after)
    paths = moved_paths(old, new)
    return Moves(
        period=after["period"],
        edition=before["edition"],
        as_of=after["as_of"],
        total=len(paths),
        moved=_named([Moved(path=one, before=old.get(one), after=new.get(one), facts=[]) for one in paths], names),
        targets_changed=before["targets"] != after["targets"],
        definitions_changed=before["definitions"] != after["definitions"],
    )


def moved_in(edition: bytes, names: Names) -> Moves | None:
    """Return what an edition's document says that it restates, None where it restates nothing."""
    snapshot = read_snapshot(edition)
    found: Restatement | None = snapshot.restatement
    if found is None:
        return None
    return Moves(
        period=snapshot.period,
        edition=snapshot.edition,
        as_of=snapshot.as_of,
        total=len(found.moved),
        moved=_named(found.moved, names),
        targets_changed=found.targets_changed,
        definitions_changed=found.definitions_changed,
        reason=masked_text(found.reason),
        facts=[msgspec.structs.replace(one, fact=masked_text(one.fact)) for one in found.facts[:MOST_SHOWN]],
    )


def _named(moved: Sequence[Moved], names: Names) -> list[NamedMove]:
    """Return the first of the figures with their names in every language, and no subscriber's number in any text."""
    shown = moved[:MOST_SHOWN]
    by_language = {
        language: FigureNames(Words(language, names)).of_all(one.path for one in shown) for language in LANGUAGES
    }
    return [
        NamedMove(
            path=masked_text(one.path),
            names={language: found[one.path] for language, found in by_language.items()},
            before=_shown(one.before),
            after=_shown(one.after),
            facts=list(map(masked_text, one.facts)),
        )
        for one in shown
    ]


def _shown(value: Any) -> Any:
    return masked_text(value) if isinstance(value, str) else value
