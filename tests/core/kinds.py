"""Hypothesis strategies for events of every kind, made from the Structs, and a town to run them through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from streams.core.contributions.measures import Cell
from streams.core.events import EVENT_TYPES, READERS, Event, Refused
from streams.core.events.base import INVALID_STATUSES
from streams.core.months import datetime_of
from streams.core.tallies import Bucket, Cells
from tests.core.installation import Installation, records_of
from tests.core.model import Picture
from tests.core.story import NUMBERS, SITES, written
from tests.core.strategies import AS_OF, DEFINITIONS, durations, instants

WORDS = {
    "brand": ("E6", "E8", "ADSL"),
    "branch": ("乐至", ""),
    "channel": ("集团网站", "10000号"),
    "department": ("公客部", "公众客户部", "政企客户部"),
    "month": ("2009-06", "2009-07"),
    "prefixes": ("662", "6630003"),
    "ranges": ("6620001", "6620002", "6630004"),
    "responsible": ("公客部", "渠道营业厅"),
    "site": SITES,
    "sites": SITES,
    "subscriber": NUMBERS,
    "was_subscriber": (*NUMBERS, "A", "B"),
}
"""What text fields are drawn from; all others from OTHER_WORDS."""
OTHER_WORDS = ("A", "B", "C")
HIGHEST = 3
"""Whole numbers are drawn up to so much above their least, so that revisions meet."""

Document = dict[str, Any]


class Sent(NamedTuple):
    """A document on its way to a topic."""

    topic: str
    document: Document

    def identity(self) -> tuple[str, str, str, int]:
        """Return what a source system gives one content: topic, key, id and revision."""
        event = self.event()
        return self.topic, event.key(), event.id, event.revision

    def event(self) -> Event:
        """Return the document as it is read."""
        return READERS[self.topic].read(msgspec.json.encode(self.document))

    def is_readable(self) -> bool:
        """Tell whether its fields go together: types alone do not say so."""
        try:
            self.event()
        except Refused:
            return False
        return True


class Later(NamedTuple):
    """A time that is drawn as a distance (microseconds) from another one."""

    microseconds: int


@cache
def documents(kind: type[Event], *, moves: bool = True) -> st.SearchStrategy[Sent]:
    """Return readable events of a kind; `moves` lets one name a key that it had before."""
    required, optional = {}, {}
    for field in msgspec.structs.fields(kind):
        values = _values(field.name, _unwrapped(inspect.type_info(field.type)), is_begin=field.required)
        if field.required:
            required[field.encode_name] = values
        elif moves or field.name != "was_subscriber":
            optional[field.encode_name] = values
    drawn = st.fixed_dictionaries(required, optional=optional)
    sent = st.builds(lambda begun, document: Sent(kind.topic, _placed(document, begun)), instants(), drawn)
    return sent.filter(Sent.is_readable)


def _values(name: str, kind: inspect.Type, *, is_begin: bool = False) -> st.SearchStrategy[Any]:
    """Return what a field of a type is drawn from; a kind of event with another type needs a line here."""
    strategies: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
        inspect.DateTimeType: lambda _: st.just(Later(0)) if is_begin else durations().map(Later),
        inspect.StrType: lambda _: st.sampled_from(WORDS.get(name, OTHER_WORDS)),
        inspect.LiteralType: lambda literal: st.sampled_from(literal.values),
        inspect.BoolType: lambda _: st.booleans(),
        inspect.IntType: lambda integer: _integers(max(integer.ge or 0, -HIGHEST)),
        inspect.DecimalType: lambda _: st.integers(-100, 10_000).map(lambda number: str(Decimal(number) / 100)),
        inspect.ListType: lambda listed: st.lists(_values(name, _unwrapped(listed.item_type)), max_size=2),
        inspect.StructType: lambda part: _parts(part.fields),
        inspect.TupleType: lambda _: st.lists(st.sampled_from(WORDS[name]), min_size=2, max_size=2).map(sorted),
    }
    return strategies[type(kind)](kind)


def _integers(least: int) -> st.SearchStrategy[int]:
    return st.integers(least, least + 2 * HIGHEST)


def _parts(fields: Iterable[inspect.Field]) -> st.SearchStrategy[Document]:
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in fields:
        values = _values(field.name, _unwrapped(field.type))
        (required if field.required else optional)[field.encode_name] = values
    return st.fixed_dictionaries(required, optional=optional)


def _placed(document: Document, begun: int) -> Document:
    """Return a document with times for distances from `begun`; in a part of it (a hold) each from the one before."""
    return {
        name: written(begun + value.microseconds)
        if isinstance(value, Later)
        else [_part_placed(part, begun) if isinstance(part, dict) else part for part in value]
        if isinstance(value, list)
        else value
        for name, value in document.items()
    }


def _part_placed(part: Document, begun: int) -> Document:
    placed = {}
    for name, value in sorted(part.items()):
        if isinstance(value, Later):
            begun += value.microseconds
        placed[name] = written(begun) if isinstance(value, Later) else value
    return placed


def _unwrapped(kind: inspect.Type) -> inspect.Type:
    """Return a type without its limits and without None."""
    if isinstance(kind, inspect.Metadata):
        return _unwrapped(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _unwrapped(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    return kind


def invalid_status(kind: type[Event]) -> str | None:
    """Return the status under which an event of a kind never was, None for a kind that has none."""
    statuses = {field.name: _unwrapped(inspect.type_info(field.type)) for field in msgspec.structs.fields(kind)}
    status = statuses.get("status")
    if not isinstance(status, inspect.LiteralType):
        return None
    return next(str(value) for value in sorted(status.values) if value in INVALID_STATUSES)


def logs(*kinds: type[Event], moves: bool = True, max_size: int = 8) -> st.SearchStrategy[list[Sent]]:
    """Return logs of events in which every (topic, key, id, revision) has one content; of all kinds without `kinds`."""
    return st.lists(
        st.sampled_from(kinds or EVENT_TYPES).flatmap(lambda kind: documents(kind, moves=moves)),
        max_size=max_size,
        unique_by=Sent.identity,
    )


def counted(sent: Iterable[Sent], at: int = AS_OF) -> Installation:
    """Return a town of one partition that has counted a log in one go, at the instant `at`."""
    town = Installation(partitions=1, definitions=DEFINITIONS, detects=False)
    send(town, sent)
    town.count(datetime_of(at))
    return town


def send(town: Installation, sent: Iterable[Sent]) -> None:
    """Write events to their topics, each under its own key."""
    for topic, document in sent:
        town.send([document], topic=topic)


def picture(town: Installation) -> dict[Bucket, Cells]:
    """Return what readers see in the tallies, added up over the partitions, once expired slots are deleted."""
    town.count()
    seen = {owner.number: Picture() for owner in town.owners}
    for a_round in town.rounds:
        for record in records_of(a_round):
            seen[a_round.partition].read(record.key or b"", record.value)
    total: dict[Bucket, Counter[Cell]] = {}
    for of_partition in seen.values():
        for bucket, cells in of_partition.counted().items():
            total.setdefault(bucket, Counter()).update(cells)
    return {bucket: dict(cells) for bucket, cells in total.items()}
