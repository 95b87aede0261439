"""Makes the events that every benchmark feeds: tickets of many lines over thirty days, each told in three revisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import NamedTuple

import msgspec

from streams.core.months import DAY, HOUR, MINUTE, SECOND, datetime_of

REVISIONS = 3
DAYS = 30
TICKETS = 73_000
LINES_PER_TICKET = 58_000 / TICKETS
SEED = 20090731

_EXCHANGES = {"安岳": ("512", "523"), "简阳": ("712", "722"), "乐至": ("322", "333"), "现业": ("612", "633", "652")}
_BRANDS = ("E6", "E8", "E8-2", "普通ADSL", "商务宽带")
_SYMPTOMS = ("不能上网", "频繁掉线", "网速慢", "无拨号音", "杂音", "Modem故障")
_CAUSES = {
    "network": ("外线故障", "局内设备"),
    "customer": ("用户终端", "用户室内线"),
    "unknown": ("原因不明",),
    "other": ("其他",),
}
_LOCAL = timedelta(hours=8)


class Record(NamedTuple):
    """One record of the topic of fault tickets."""

    key: bytes
    value: bytes


def records(tickets: int = TICKETS, *, until: int, first_id: int = 0) -> list[Record]:
    """Return the records of `tickets` tickets in the order in which a ticket system would tell them.

    They are opened in the thirty days before the instant `until` (microseconds), and all restored by then. The same
    arguments give the same records; `first_id` keeps the tickets of a second call apart from those of the first.
    """
    told = [revision for number in range(tickets) for revision in _revisions(tickets, number, first_id, until)]
    told.sort(key=lambda revision: revision[0])
    return [record for _, record in told]


def _revisions(tickets: int, number: int, first_id: int, until: int) -> Iterator[tuple[int, Record]]:
    random = Random(SEED + first_id + number)
    line = random.randrange(max(1, round(tickets * LINES_PER_TICKET)))
    of_line = Random(SEED - 1 - line)
    branch = of_line.choice(list(_EXCHANGES))
    subscriber = f"{of_line.choice(_EXCHANGES[branch])}{line:06}"
    opened = until - DAY - random.randrange(DAYS * DAY // SECOND) * SECOND
    restored = opened + random.randrange(5 * MINUTE, 20 * HOUR)
    cause_class = random.choice(list(_CAUSES))
    state: dict[str, object] = {
        "id": f"N{first_id + number:08}",
        "revision": 0,
        "updated_at": "",
        "source": "ngcc",
        "branch": branch,
        "subscriber": subscriber,
        "opened_at": _write(opened),
        "service": random.choice(("broadband", "broadband", "fixed")),
        "brand": of_line.choice(_BRANDS),
        "category": "宽带障碍",
        "symptom": random.choice(_SYMPTOMS),
        "due_at": _write(opened + 24 * HOUR),
        "vip": random.random() < 0.02,
        "status": "acknowledged",
    }
    result: dict[str, object] = {
        "restored_at": _write(restored),
        "cause": random.choice(_CAUSES[cause_class]),
        "cause_class": cause_class,
        "preprocessed": random.random() < 0.4,
        "status": "resolved",
    }
    told_at = (opened + MINUTE, restored + MINUTE, restored + 2 * HOUR)
    news: tuple[dict[str, object], ...] = ({}, result, {"status": "closed", "closed_at": _write(restored + 2 * HOUR)})
    for revision, (at, new) in enumerate(zip(told_at, news, strict=True)):
        state |= new | {"revision": revision, "updated_at": _write(at)}
        yield at, Record(subscriber.encode(), msgspec.json.encode(state))


def _write(instant: int) -> str:
    return (datetime_of(instant) + _LOCAL).replace(tzinfo=None).isoformat() + "+08:00"
