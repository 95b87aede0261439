"""Messages that cannot be read: each would count in the month if its error were overlooked."""

from collections.abc import Iterable, Iterator
from random import Random

import msgspec

from streams.samples.calendar import Month
from streams.samples.courses import Fields, Revision
from streams.samples.lines import Line

_PADDING_CHARACTERS = 2 * 1024 * 1024
_TOO_MANY_RANGES = 10_000
_ALWAYS_WRONG: tuple[Fields, ...] = (
    {"revision": "three"},
    {"revision": -1},
    {"updated_at": "2009-07-17T18:30:00"},
)
_WRONG_FIELDS: dict[str, tuple[Fields, ...]] = {
    "complaints": (
        {"subscriber": 6332827},
        {"received_at": "2009-07-08 09:15:00"},
        {"received_at": "2009-07-32T09:15:00+08:00"},
        {"answered_at": "2009-07-19T07:20:00"},
        {"answered_at": "2009-05-01T00:00:00+08:00"},
        {"network_fault": "yes"},
        {"justified": 1},
        {"status": "lost"},
        {"penalties": {"department": "简阳实业", "kind": "overdue", "amount_fen": 2000}},
        {"penalties": [{"department": "简阳实业", "kind": "rudeness", "amount_fen": 2000}]},
        {"penalties": [{"department": "简阳实业", "kind": "overdue", "amount_fen": -2000}]},
        {"penalties": [{"department": "简阳实业", "kind": "overdue", "amount_fen": 20.5}]},
        {"penalties": [{"kind": "overdue", "amount_fen": 2000}]},
    ),
    "orders": (
        {"subscriber": 6332827},
        {"created_at": "2009-07-08T09:15:00"},
        {"appointed_at": 1247015700},
        {"completed_at": "2009-05-01T00:00:00+08:00"},
        {"reminders": -1},
        {"reminders": "twice"},
        {"held": [{"from": "2009-07-19T07:20:00"}]},
        {"status": "lost"},
    ),
    "callbacks": (
        {"called_at": "2009-07-08T09:15:00"},
        {"called_at": None},
        {"subject": "weather"},
        {"caller": "ministry"},
        {"reached": "no"},
        {"satisfied": 5},
    ),
    "assessments": (
        {"month": "2009-7"},
        {"month": "2009-13"},
        {"month": 200907},
        {"item": None},
        {"rank": 0},
        {"rank": "eighth"},
        {"score": "good"},
    ),
    "outages": (
        {"started_at": "2009-07-14T18:24:00"},
        {"restored_at": "2009-06-30T18:24:00+08:00"},
        {"status": "restored", "restored_at": None},
        {"users": -600},
        {"users": "about 600"},
        {"services": ["telex"]},
        {"steps": [{"at": "2009-07-31T19:00:00+08:00", "users": 601}], "users": 600},
        {"steps": [{"at": "2009-06-30T19:00:00+08:00", "users": 1}]},
        {"scope": ["663"]},
        {"scope": {}},
        {"scope": {"ranges": [["6639999", "6630000"]]}},
        {"scope": {"ranges": [["663000", "6639999"]]}},
        {"scope": {"ranges": [["6630000"]]}},
        {"scope": {"prefixes": ["663x"]}},
        {"scope": {"prefixes": [663]}},
        {"scope": {"sites": [""]}},
        {"scope": {"ranges": [[f"{6630000 + number}"] * 2 for number in range(_TOO_MANY_RANGES)]}},
    ),
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "complaints": ("id", "revision", "updated_at", "subscriber", "received_at"),
    "orders": ("id", "revision", "updated_at", "created_at"),
    "callbacks": ("id", "revision", "updated_at", "called_at", "subject"),
    "assessments": ("id", "revision", "updated_at", "month", "subject", "item"),
    "outages": ("id", "revision", "updated_at", "started_at", "scope"),
}
_WRONG_FAULT_FIELDS: tuple[Fields, ...] = (
    {"revision": "three"},
    {"revision": True},
    {"revision": -1},
    {"subscriber": 6332827},
    {"subscriber": None},
    {"opened_at": "2009-07-08 09:15:00"},
    {"opened_at": "2009-07-08T09:15:00"},
    {"opened_at": 1247015700},
    {"opened_at": "2009-07-32T09:15:00+08:00"},
    {"updated_at": "2009-07-17T18:30:00"},
    {"restored_at": "2009-07-19T07:20:00"},
    {"restored_at": "2009-05-01T00:00:00+08:00"},
    {"held": "2009-07-19T07:20:00+08:00"},
    {"held": [{"from": "2009-07-19T07:20:00"}]},
    {"preprocessed": "yes"},
    {"service": "telex"},
    {"service": None},
    {"status": "lost"},
    {"cause_class": "weather"},
)
_REQUIRED_OF_FAULTS = ("id", "revision", "updated_at", "subscriber", "opened_at", "service")


def unreadable(topic: str, example: Revision, month: Month, random: Random) -> list[Line]:
    """Return unreadable messages to `topic` spread over the month, made from a good one's first revision."""
    fields = example.fields
    values = list(_wrong_values(fields, (*_ALWAYS_WRONG, *_WRONG_FIELDS[topic]), _REQUIRED[topic]))
    values += _broken_values(fields)
    return _spread(topic, example.key, values, month, random)


def unreadable_faults(topic: str, example: Revision, month: Month, random: Random) -> list[Line]:
    """Return unreadable fault tickets; among them what only this topic gets: bare lines, and one that is too long."""
    fields = example.fields
    values = list(_wrong_values(fields, _WRONG_FAULT_FIELDS, _REQUIRED_OF_FAULTS))
    values.append(msgspec.json.encode(fields | {"id": "unreadable-long", "remark": "·" * (_PADDING_CHARACTERS // 2)}))
    broken, listed, *empty = _broken_values(fields)
    values += [broken, listed, b"112 TEST 6332827 LOOP OPEN", "障碍申告 无拨号音".encode("gb18030"), *empty]
    return _spread(topic, example.key, values, month, random)


def _spread(topic: str, key: str, values: list[bytes | None], month: Month, random: Random) -> list[Line]:
    instants = month.instants(len(values), random)
    return [Line(topic, None if _bare(v) else key.encode(), v, at) for v, at in zip(values, instants, strict=True)]


def _wrong_values(example: Fields, wrong_fields: Iterable[Fields], required: Iterable[str]) -> Iterator[bytes | None]:
    for number, wrong in enumerate(wrong_fields):
        yield msgspec.json.encode(example | {"id": f"unreadable-{number}"} | wrong)
    for name in required:
        fields = example | {"id": f"unreadable-without-{name}"}
        del fields[name]
        yield msgspec.json.encode(fields)


def _broken_values(example: Fields) -> list[bytes | None]:
    good = msgspec.json.encode(example | {"id": "unreadable-broken"})
    return [good[: len(good) * 2 // 3], b"[" + good + b"]", b"", None]


def _bare(value: bytes | None) -> bool:
    """Tell whether a message is one that a replay file can only hold as a bare line, without a key."""
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return True
    return False
