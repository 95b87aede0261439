"""Reads messages as the contract words them: JSON, fields, types, times, ranges.

A record is a plain dict of its kind's fields: absent, null and (for a label) the empty text are all None, an instant
is an integer number of microseconds since the epoch, `held` is a tuple of (from, to) instants where an open end is
`NEVER`.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeVar

Instant = int | float
Message = tuple[str, bytes | None, bytes | None]
Record = dict[str, Any]
Field = Callable[[object], object]
T = TypeVar("T")

NEVER: Final = math.inf
VALUE_LIMIT_BYTES: Final = 1024 * 1024
LIST_LIMIT: Final = 100
SCORE_LIMIT: Final = 1_000_000
YEARS: Final = range(1990, 2101)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
RFC_3339: Final = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
DECIMAL: Final = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?", re.ASCII)


class Unreadable(Exception):
    """A message that is no event; its only argument is the reason class."""


class Real(str):
    """A JSON number with a point or an exponent, as it is written: a binary float would not keep it."""

    __slots__ = ()


@dataclass(frozen=True)
class Kind:
    """One kind of event: its fields, those it cannot be without, and the one that places it in a month.

    `check` raises Unreadable for what single fields cannot show.
    """

    fields: Mapping[str, Field]
    required: tuple[str, ...]
    placed_by: str
    check: Callable[[Record], None] = lambda record: None

    def read(self, value: bytes | None) -> Record:
        """The record in a message's value; `Unreadable` with the reason class if there is none."""
        document = parse(value)
        record = read_fields(document, {**COMMON, **self.fields}, (*COMMON_REQUIRED, *self.required))
        self.check(record)
        return record


def parse(value: bytes | None) -> dict[str, Any]:
    """The JSON object in a message's value."""
    if not value:
        raise Unreadable("empty")
    if len(value) > VALUE_LIMIT_BYTES:
        raise Unreadable("too_large")
    try:
        document = DECODER.decode(value.decode())
        if b"\\u" in value:
            # Half a surrogate pair passes Python's reader but is no character, so it cannot be written as UTF-8.
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None
    return of_type(dict, document)


def refuse_constant(name: str) -> None:
    """NaN and Infinity, which Python reads, are not JSON."""
    raise ValueError(name)


DECODER: Final = json.JSONDecoder(parse_constant=refuse_constant, parse_float=Real)


def read_fields(document: Mapping[str, object], fields: Mapping[str, Field], required: tuple[str, ...]) -> Record:
    """Every field of an object, None where it is absent or null; other fields are passed over."""
    if any(document.get(name) is None for name in required):
        raise Unreadable("missing_field")
    return {name: None if document.get(name) is None else field(document[name]) for name, field in fields.items()}


def of_type(kind: type[T], raw: object) -> T:
    """The value if it is of exactly this type (a bool is no int)."""
    if type(raw) is not kind:
        raise Unreadable("wrong_type")
    return raw


def text(shortest: int, longest: int) -> Callable[[object], str]:
    """A reader of texts of so many characters."""

    def read_text(raw: object) -> str:
        if not shortest <= len(of_type(str, raw)) <= longest:
            raise Unreadable("out_of_range")
        return str(raw)

    return read_text


identifier: Final = text(1, 128)
number_of_line: Final = text(1, 32)
name: Final = text(1, 120)
any_text: Final = text(0, 120)


def label(raw: object) -> str | None:
    """A text to count by; an empty one says no more than an absent one."""
    return any_text(raw) or None


def flag(raw: object) -> bool:
    return of_type(bool, raw)


def integer(lowest: int, highest: int) -> Callable[[object], int]:
    """A reader of whole numbers from `lowest` to `highest`."""

    def read_integer(raw: object) -> int:
        if not lowest <= of_type(int, raw) <= highest:
            raise Unreadable("out_of_range")
        return of_type(int, raw)

    return read_integer


def hundredths(raw: object) -> int:
    """A decimal number with at most two places, as text or as a number, times 100."""
    written = str(raw) if type(raw) in (int, str, Real) else of_type(str, raw)
    if not DECIMAL.fullmatch(written):
        raise Unreadable("wrong_type")
    exact = Fraction(written) * 100
    if exact.denominator != 1 or abs(exact) > 100 * SCORE_LIMIT:
        raise Unreadable("out_of_range")
    return exact.numerator


def instant(raw: object) -> int:
    return instant_of_text(of_type(str, raw))


@cache  # the revisions of a ticket repeat their times
def instant_of_text(written: str) -> int:
    """Microseconds since the epoch; digits below a microsecond are cut off, so that no instant crosses a limit."""
    match = RFC_3339.fullmatch(written)
    if match is None:
        raise Unreadable("bad_time")
    day, time, fraction, offset = match.groups()
    if offset is None:
        raise Unreadable("no_time_zone")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{fraction or ''}{offset.upper()}")
    except ValueError:
        raise Unreadable("bad_time") from None
    if moment.year not in YEARS:
        raise Unreadable("out_of_range")
    return microseconds(moment)


def microseconds(moment: datetime) -> int:
    """An aware datetime as microseconds since the epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def list_of(item: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """A reader of lists that are not too long."""

    def read_list(raw: object) -> tuple[T, ...]:
        if len(of_type(list, raw)) > LIST_LIMIT:
            raise Unreadable("out_of_range")
        return tuple(item(one) for one in of_type(list, raw))

    return read_list


def hold(raw: object) -> tuple[int, Instant]:
    times = read_fields(of_type(dict, raw), {"from": instant, "to": instant}, ("from",))
    end = NEVER if times["to"] is None else times["to"]
    if end < times["from"]:
        raise Unreadable("contradiction")
    return times["from"], end


def one_of(*choices: str) -> Callable[[object], str]:
    """A reader that knows only these words."""

    def read_choice(raw: object) -> str:
        if of_type(str, raw) not in choices:
            raise Unreadable("unknown_value")
        return str(raw)

    return read_choice


def not_before(later: str, earlier: str) -> Callable[[Record], None]:
    """A check that one time, where it is given, does not lie before another."""

    def check(record: Record) -> None:
        if record[later] is not None and record[later] < record[earlier]:
            raise Unreadable("contradiction")

    return check


COMMON: Final[Mapping[str, Field]] = {
    "id": identifier,
    "revision": integer(0, 2**53),
    "updated_at": instant,
    "branch": label,
    "source": label,
}
COMMON_REQUIRED: Final = ("id", "revision", "updated_at")
held: Final = list_of(hold)
status: Final = one_of("acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected")
