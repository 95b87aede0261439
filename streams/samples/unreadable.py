"""Messages that cannot be read: each would count as a ticket of the month if its fault were overlooked."""

from collections.abc import Iterator
from random import Random

import msgspec

from streams.samples.calendar import Month
from streams.samples.delivery import TOPIC
from streams.samples.lifecycle import Fields, Revision
from streams.samples.lines import Line

_PADDING_CHARACTERS = 2 * 1024 * 1024
_WRONG_FIELDS: tuple[Fields, ...] = (
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
_MISSING_FIELDS = ("id", "revision", "updated_at", "subscriber", "opened_at", "service")


def unreadable(example: Revision, month: Month, random: Random) -> list[Line]:
    """Return unreadable messages spread over the month, made from a good ticket's `example`."""
    key = example.key.encode()
    values = list(_values(example.fields))
    instants = month.instants(len(values), random)
    return [Line(TOPIC, None if _bare(v) else key, v, at) for v, at in zip(values, instants, strict=True)]


def _values(example: Fields) -> Iterator[bytes | None]:
    for number, wrong in enumerate(_WRONG_FIELDS):
        yield msgspec.json.encode(example | {"id": f"unreadable-{number}"} | wrong)
    for name in _MISSING_FIELDS:
        fields = example | {"id": f"unreadable-without-{name}"}
        del fields[name]
        yield msgspec.json.encode(fields)
    yield msgspec.json.encode(example | {"id": "unreadable-long", "remark": "·" * (_PADDING_CHARACTERS // 2)})
    good = msgspec.json.encode(example | {"id": "unreadable-broken"})
    yield good[: len(good) * 2 // 3]
    yield b"[" + good + b"]"
    yield b"112 TEST 6332827 LOOP OPEN"
    yield "障碍申告 无拨号音".encode("gb18030")
    yield b""
    yield None


def _bare(value: bytes | None) -> bool:
    """Tell whether a message is one that a replay file can only hold as a bare line, without a key."""
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return True
    return False
