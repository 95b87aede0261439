"""Restatements: figures by name, what moved, and which facts explain it, the odd cases among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from streams.core.fact_changes import Cause, Change
from streams.core.restating import MOST_EXPLAINED_APART, leaves, moved_paths, restatement
from streams.core.rollups import Counts
from streams.core.tallies import Bucket

DAY = Bucket("faults", "day", "2009-07-14")
FORMER = {"edition": 1, "sha256": "s", "definitions": "d", "targets": []}


def cause(identity: str) -> Cause:
    """Return a ticket that came late."""
    return Cause("faults", "6000001", identity, "new", None, 0)


def change(*ids: str, measure: str = "m", weight: int = 1) -> Change:
    """Return what some tickets moved."""
    return Change(tuple(map(cause, ids)), {(DAY, (measure, ("x",))): weight})


def figures(months: Mapping[str, Counts], measures: Collection[str]) -> dict[str, Any]:
    """Return the numbers of July, and whether "m" is at least 10."""
    numbers = {measure: cells.get(("x",), 0) for measure, cells in months["2009-07"].items() if measure in measures}
    return {"tables": {"numbers": numbers, "many": numbers.get("m", 0) >= 10}}


def explained(before: dict[str, int], after: dict[str, int], *changes: Change) -> dict[str, list[str]]:
    """Return path → the facts that explain it, from July's numbers by measure."""

    def document(numbers: dict[str, int]) -> dict[str, Any]:
        return FORMER | figures(
            {"2009-07": {measure: {("x",): number} for measure, number in numbers.items()}}, numbers
        )

    now: dict[str, Counts] = {"2009-07": {measure: {("x",): number} for measure, number in after.items()}}
    found = restatement(document(before), document(after), "why", changes, now, figures)
    return {one.path: one.facts for one in found.moved}


def test_entries_are_named_by_what_they_are_of() -> None:
    """One more entry in a list moves no other; lists of bare numbers go by place; words are no figures."""
    rows = [{"id": "rate", "labels": {"branch": "乐至"}, "names": {"zh": "率"}, "ratio": "0.5"}]
    before = {"indicators": rows, "tables": {"row": [1, 2]}}
    after = {"indicators": [{"id": "rate", "labels": {}, "ratio": "0.4"}, *rows], "tables": {"row": [1, 3]}}
    moved = moved_paths(leaves(before), leaves(after))
    assert set(moved) >= {"indicators[rate all].ratio", "tables.row[1]"}
    assert not any("乐至" in path for path in moved)


def test_entries_that_share_a_name_go_by_place() -> None:
    """Two outages of one day in a printed table stay two."""
    found = leaves({"tables": {"outages": [{"date": "07-14", "users": 1}, {"date": "07-14", "users": 2}]}})
    assert found["tables.outages[0].users"] == 1
    assert found["tables.outages[1].users"] == 2


def test_a_figure_is_explained_by_the_facts_without_which_it_would_be_other() -> None:
    """Of two tickets each explains its own number; what neither moves alone is explained by both."""
    moved = explained({"m": 9, "k": 1}, {"m": 11, "k": 2}, change("A"), change("B"), change("C", measure="k"))
    assert moved["tables.numbers.m"] == ["faults/A", "faults/B"]
    assert moved["tables.numbers.k"] == ["faults/C"]
    assert moved["tables.many"] == ["faults/A", "faults/B", "faults/C"]


def test_a_great_many_facts_are_explained_together_past_a_limit() -> None:
    """Nothing is left unexplained, and the cost has a bound."""
    count = MOST_EXPLAINED_APART + 5
    changes = [change(f"T{number:04}") for number in range(count)]
    assert len(explained({"m": 0}, {"m": count}, *changes)["tables.numbers.m"]) == count


def test_what_no_fact_explains_is_left_to_the_definitions() -> None:
    """Another target moves a verdict: no ticket is blamed, and it is said that the targets are others."""
    before = FORMER | {"tables": {"verdict": "met"}}
    after = FORMER | {"tables": {"verdict": "missed"}, "targets": [{"ratio": "1"}]}
    found = restatement(before, after, "why", [], {"2009-07": {}}, lambda *_: {})
    assert [(one.path, one.facts) for one in found.moved] == [("tables.verdict", [])]
    assert (found.targets_changed, found.definitions_changed) == (True, False)
    assert msgspec.to_builtins(found.moved[0]) == {"path": "tables.verdict", "from": "met", "to": "missed", "facts": []}
