"""What moved between two editions of a month: figure by figure, from what to what, and which facts explain it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from streams.core.contributions.linked import SUFFIX
from streams.core.fact_changes import Cause, Change
from streams.core.recount import Placed
from streams.core.rollups import Counts

FIGURES = ("indicators", "counts", "top_lists", "durations", "outages", "outage_totals", "tables")
"""The parts of a snapshot that are figures."""
NO_FIGURES = frozenset(
    ("names", "provisional_until", "trend", "hours", "user_hours_whole", "users_out", "duties"),
)
"""What stands beside the month's figures and is none: words, a day that is due anyway, figures of months before, and
what an outage that goes on has come to since, which rises by the clock. Its restoration moves `restored_at`."""
MOST_EXPLAINED_APART = 100
"""So many sets of facts are each left out in turn, to see what they move; any more are left out together."""
SHOWN_DIGITS = 3

Leaves = dict[str, Any]
"""The path of a figure in a snapshot → its value."""

FiguresOf = Callable[[Mapping[str, Counts], Collection[str]], Mapping[str, Any]]
"""Makes of months' counts the parts of a snapshot that some measures are in, as plain data."""


class Moved(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """One figure that moved; None where an edition has no such figure.

    `facts` names (topic/id) those without which it would not be what it is now. It is empty where none does: then
    targets or definitions changed.
    """

    path: str
    before: Any
    after: Any
    facts: list[str]


class ChangedFact(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """A fact that moved something: its masked key, what became of it, and its revisions in the two editions."""

    fact: str
    key: str
    change: str
    before: int | None
    after: int | None


class Restatement(msgspec.Struct, frozen=True, kw_only=True):
    """Why an edition replaces the one before it, and what is other in it."""

    edition: int
    sha256: str
    reason: str
    moved: list[Moved]
    facts: list[ChangedFact]
    definitions_changed: bool
    targets_changed: bool


def leaves(content: Mapping[str, Any]) -> Leaves:
    """Return every figure of a snapshot (as plain data), or of some of its parts, under a path that names it.

    Entries of lists are named by what they are of, not by their place: one more entry moves no other.
    """
    return {path: value for part in FIGURES if part in content for path, value in _leaves(part, content[part])}


def _leaves(path: str, content: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(content, Mapping):
        for name, part in content.items():
            if name not in NO_FIGURES:
                yield from _leaves(f"{path}.{name}", part)
    elif isinstance(content, list | tuple):
        for name, part in zip(_names(content), content, strict=True):
            yield from _leaves(f"{path}{name}", part)
    else:
        yield path, content


def entry_path(part: str, identity: str, labels: Mapping[str, str]) -> str:
    """Return the path of a list's entry that has an id and labels."""
    return f"{part}[{_labelled((identity,), labels)}]"


def _names(entries: Sequence[Any]) -> list[str]:
    names = [_name(entry) for entry in entries]
    if None in names or len(set(names)) < len(names):
        return [f"[{place}]" for place in range(len(entries))]
    return [f"[{name}]" for name in names]


def _name(entry: Any) -> str | None:
    """Return what an entry is of: its id and labels, its value or its date; None where nothing says it."""
    if isinstance(entry, list | tuple) and len(entry) == 2 and isinstance(entry[0], str):
        return entry[0]
    if not isinstance(entry, Mapping):
        return None
    named = [str(entry[field]) for field in ("id", "value", "date") if field in entry]
    return _labelled(named, entry["labels"]) if "labels" in entry else " ".join(named) or None


def _labelled(named: Iterable[str], labels: Mapping[str, str]) -> str:
    return " ".join((*named, ",".join(f"{label}={value}" for label, value in sorted(labels.items())) or "all"))


def moved_paths(before: Leaves, after: Leaves) -> list[str]:
    """Return the paths of the figures that differ, in the order of the later edition, then those that are gone."""
    missing = object()
    changed = [path for path, value in after.items() if before.get(path, missing) != value]
    return [*changed, *(path for path in before if path not in after)]


def restatement(
    former: Mapping[str, Any],
    now: Mapping[str, Any],
    reason: str,
    changes: Sequence[Change],
    months: Mapping[str, Counts],
    figures: FiguresOf,
) -> Restatement:
    """Return what moved from the former edition to the one that is now, both as plain data.

    `changes` are what facts moved in between, `months` the counts as they are now, and `figures` makes figures of them.
    """
    before, after = leaves(former), leaves(now)
    paths = moved_paths(before, after)
    explained = _explain(paths, changes, months, figures)
    return Restatement(
        edition=former["edition"],
        sha256=former["sha256"],
        reason=reason,
        moved=[
            Moved(path=path, before=before.get(path), after=after.get(path), facts=sorted(map(_named, explained[path])))
            for path in paths
        ],
        facts=_changed_facts({cause for causes in explained.values() for cause in causes}),
        definitions_changed=former["definitions"] != now["definitions"],
        targets_changed=former["targets"] != now["targets"],
    )


def _changed_facts(causes: Iterable[Cause]) -> list[ChangedFact]:
    return [
        ChangedFact(
            fact=_named(cause),
            key=cause.key if cause.key == cause.id else f"{cause.key[:SHOWN_DIGITS]}***",
            change=cause.kind,
            before=cause.before,
            after=cause.after,
        )
        for cause in sorted(causes, key=repr)
    ]


def _named(cause: Cause) -> str:
    return f"{cause.topic}/{cause.id}"


def _explain(
    paths: Collection[str],
    changes: Sequence[Change],
    months: Mapping[str, Counts],
    figures: FiguresOf,
) -> dict[str, set[Cause]]:
    """Return path → the facts without which the figure would be another one."""
    explained: dict[str, set[Cause]] = {path: set() for path in paths}
    if not paths or not changes:
        return explained
    leaving_out = _LeavingOut(months, figures)
    apart, rest = changes[:MOST_EXPLAINED_APART], changes[MOST_EXPLAINED_APART:]
    for change in (*apart, *([_together(rest)] if rest else ())):
        for path in explained.keys() & {*leaving_out.moves(change), *_of_outages(paths, change)}:
            explained[path] |= set(change.causes)
    left = {path for path, causes in explained.items() if not causes}
    if left:
        # A median or a top list may stay where it is without any one fact, and move without all of them.
        every = _together(changes)
        for path in left.intersection(leaving_out.moves(every)):
            explained[path] = set(every.causes)
    return explained


class _LeavingOut:
    """Tells which figures would be others without a change; what its measures are not in is not made again."""

    def __init__(self, months: Mapping[str, Counts], figures: FiguresOf) -> None:
        self._months, self._figures = months, figures
        self._now: dict[frozenset[str], Leaves] = {}

    def moves(self, change: Change) -> list[str]:
        """Return the paths of the figures that would be others without the change."""
        measures = frozenset(measure.removesuffix(SUFFIX) for _, (measure, _) in change.moved)
        if measures not in self._now:
            self._now[measures] = leaves(self._figures(self._months, measures))
        return moved_paths(leaves(self._figures(_less(self._months, change), measures)), self._now[measures])


def _together(changes: Sequence[Change]) -> Change:
    moved: Placed = {}
    for change in changes:
        for spot, number in change.moved.items():
            moved[spot] = moved.get(spot, 0) + number
    return Change(tuple(cause for change in changes for cause in change.causes), moved)


def _less(months: Mapping[str, Counts], change: Change) -> dict[str, Counts]:
    """Return the counts as they would be without a change."""
    less = {month: dict(counts) for month, counts in months.items()}
    copied: set[tuple[str, str]] = set()
    for (bucket, (measure, labels)), number in change.moved.items():
        month = bucket.name[:7]
        if month not in less:
            continue
        if (month, measure) not in copied:
            less[month][measure] = dict(less[month].get(measure, {}))
            copied.add((month, measure))
        numbers = less[month][measure]
        numbers[labels] = numbers.get(labels, 0) - number
        if not numbers[labels]:
            del numbers[labels]
    return less


def _of_outages(paths: Iterable[str], change: Change) -> Iterator[str]:
    """Yield the figures of outages, which follow from more than counts, that a change may have moved.

    An outage moves itself and the totals; a report moves the figures of the outage that its counts name.
    """
    touched = {label for (_, (_, labels)) in change.moved for label in labels}
    has_outage = any(cause.topic == "outages" for cause in change.causes)
    touched |= {cause.id for cause in change.causes if cause.topic == "outages"}
    for path in paths:
        if path.startswith("outages["):
            if path.removeprefix("outages[").partition("]")[0] in touched:
                yield path
        elif path.startswith("outage_totals.") and has_outage:
            yield path
