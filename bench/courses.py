"""What is told of one case of each kind, revision by revision: the seeded courses that every workload is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import NamedTuple

import msgspec

from streams.core.events import Assessment, Callback, Complaint, FaultTicket, Outage, WorkOrder
from streams.core.months import DAY, HOUR, MINUTE, SECOND, datetime_of

DAYS = 30
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
_CHANNELS = ("10000号", "10000号", "10000号", "网上营业厅", "省公司")
_CATEGORIES = ("固话宽带障碍", "费用争议", "增值业务", "服务行为", "智能网")
_CONDUCTS = ("自有营业厅", "合作营业厅", "客户经理")
_SUBCATEGORIES = ("使用障碍", "计费争议", "充值销账")
_DEPARTMENTS = ("现业公众客户部", "现业政企客户部", "简阳分公司", "安岳分公司", "乐至分公司", "渠道营业厅")
_PENALTIES = ("overdue", "irregular_note", "keying_error", "justified")
_ITEMS = ("综合", "问题解决", "投诉处理", "投诉处理及时率")
_UNITS = 200
_COMPLAINTS_OF_LINES_WITH_FAULTS = 0.5
_ORDERS_OF_LINES_WITH_FAULTS = 0.12
_LOCAL = timedelta(hours=8)


class Record(NamedTuple):
    """One record of a source topic."""

    key: bytes
    value: bytes
    topic: str = FaultTicket.topic


Revision = tuple[int, Record]
"""When it is told (microseconds), and the record that tells it."""

Course = Callable[[int, int, int], Iterator[Revision]]
"""(which case, how many lines have faults, the instant before whose last day it began) → its revisions, in order."""

Fields = dict[str, object]

Steps = Iterable[tuple[int, Fields]]
"""(when it is told, what is new of it), in order."""


class Line(NamedTuple):
    """A subscriber's line, the same whoever tells of it."""

    branch: str
    subscriber: str
    brand: str


def fault(number: int, lines: int, until: int) -> Iterator[Revision]:
    """Tell a fault ticket in three revisions: reported, restored, closed."""
    random = Random(SEED + number)
    line = _line(random.randrange(lines))
    opened = _began(random, until)
    restored = opened + random.randrange(5 * MINUTE, 20 * HOUR)
    cause_class = random.choice(list(_CAUSES))
    opening: Fields = {
        "source": "ngcc",
        "branch": line.branch,
        "subscriber": line.subscriber,
        "opened_at": _write(opened),
        "service": random.choice(("broadband", "broadband", "fixed")),
        "brand": line.brand,
        "category": "宽带障碍",
        "symptom": random.choice(_SYMPTOMS),
        "due_at": _write(opened + 24 * HOUR),
        "vip": random.random() < 0.02,
        "status": "acknowledged",
    }
    result: Fields = {
        "restored_at": _write(restored),
        "cause": random.choice(_CAUSES[cause_class]),
        "cause_class": cause_class,
        "preprocessed": random.random() < 0.4,
        "status": "resolved",
    }
    end: Fields = {"status": "closed", "closed_at": _write(restored + 2 * HOUR)}
    steps: Steps = ((opened + MINUTE, {}), (restored + MINUTE, result), (restored + 2 * HOUR, end))
    return _told(FaultTicket.topic, f"N{number:08}", line.subscriber, opening, steps)


def complaint(number: int, lines: int, until: int) -> Iterator[Revision]:
    """Tell a complaint in four revisions: received, looked into, answered, judged; one in ten costs a penalty."""
    random = Random(f"{SEED} complaint {number}")
    line = _line_with_or_without_faults(random, number, lines, _COMPLAINTS_OF_LINES_WITH_FAULTS)
    received = _began(random, until)
    answered = received + random.randrange(HOUR, 20 * HOUR)
    category, department = random.choice(_CATEGORIES), random.choice(_DEPARTMENTS)
    opening: Fields = {
        "source": "ngcc",
        "branch": line.branch,
        "subscriber": line.subscriber,
        "received_at": _write(received),
        "channel": random.choice(_CHANNELS),
        "category": category,
        "subcategory": random.choice(_SUBCATEGORIES) if category == "智能网" else None,
        "conduct": random.choice(_CONDUCTS) if category == "服务行为" else None,
        "network_fault": category == "固话宽带障碍",
        "department": department,
        "due_at": _write(received + random.choice((12, 24, 48)) * HOUR),
        "status": "acknowledged",
    }
    verdict: Fields = {"status": "closed", "justified": random.random() < 0.3, "responsible": department}
    if random.random() < 0.1:
        penalty = {"department": department, "kind": random.choice(_PENALTIES), "amount_fen": 5_000}
        verdict["penalties"] = [penalty]
    steps: Steps = (
        (received + MINUTE, {}),
        (received + 30 * MINUTE, {"status": "inProgress"}),
        (answered + MINUTE, {"status": "resolved", "answered_at": _write(answered)}),
        (answered + 2 * HOUR, verdict),
    )
    return _told(Complaint.topic, f"C{number:08}", line.subscriber, opening, steps)


def order(number: int, lines: int, until: int) -> Iterator[Revision]:
    """Tell a work order in three revisions: created, appointed, completed; one in fourteen is held in between."""
    random = Random(f"{SEED} order {number}")
    line = _line_with_or_without_faults(random, number, lines, _ORDERS_OF_LINES_WITH_FAULTS)
    created = _began(random, until)
    completed = created + random.randrange(3 * HOUR, 22 * HOUR)
    opening: Fields = {
        "source": "iom",
        "branch": line.branch,
        "subscriber": line.subscriber,
        "brand": line.brand,
        "created_at": _write(created),
        "promised_for": _write(created + 20 * HOUR),
        "reminders": 0,
        "status": "acknowledged",
    }
    appointment: Fields = {"status": "inProgress"}
    if random.random() < 0.9:
        appointment["appointed_at"] = _write(created + 18 * HOUR)
    steps: list[tuple[int, Fields]] = [(created + MINUTE, {}), (created + 30 * MINUTE, appointment)]
    if random.random() < 1 / 14:
        held = [{"from": _write(created + HOUR), "to": _write(created + 2 * HOUR)}]
        steps.append((created + 2 * HOUR, {"held": held, "reminders": 1}))
    steps.append((completed + MINUTE, {"status": "closed", "completed_at": _write(completed)}))
    return _told(WorkOrder.topic, f"O{number:08}", line.subscriber, opening, steps)


def callback(number: int, lines: int, until: int) -> Iterator[Revision]:
    """Tell a call-back in one revision; one in three was reached at a second attempt only, and is told in two."""
    random = Random(f"{SEED} callback {number}")
    called = _began(random, until)
    identity = f"B{number:08}"
    opening: Fields = {
        "source": "local-callbacks",
        "branch": random.choice(list(_EXCHANGES)),
        "called_at": _write(called),
        "subject": random.choice(("fault", "complaint", "complaint", "order", "vip")),
        "ref": f"N{random.randrange(lines):08}",
        "caller": random.choice(("local", "local", "local", "province")),
    }
    answers: Fields = {question: random.random() < 0.95 for question in ("timely", "attitude", "satisfied")}
    steps: list[tuple[int, Fields]] = [(called + 5 * MINUTE, {"reached": True, **answers})]
    if random.random() < 1 / 3:
        steps.insert(0, (called + MINUTE, {"reached": False}))
    return _told(Callback.topic, identity, identity, opening, steps)


def assessment(number: int, _: int, until: int) -> Iterator[Revision]:
    """Tell an assessment of the month of `until` in two revisions: published, corrected."""
    random = Random(f"{SEED} assessment {number}")
    published = _began(random, until)
    identity = f"A{number:08}"
    rank = random.randrange(1, 200)
    opening: Fields = {
        "source": "province",
        "month": _write(until)[:7],
        "subject": f"营业厅{number % _UNITS:03}",
        "item": random.choice(_ITEMS),
        "rank": rank,
        "rank_change": random.randrange(-9, 10),
        "score": f"{random.randrange(8_000, 10_000) / 100:.2f}",
        "target": 100,
    }
    steps: Steps = ((published, {}), (published + 5 * MINUTE, {"rank": rank + 1}))
    return _told(Assessment.topic, identity, identity, opening, steps)


def outage(number: int, lines: int, until: int) -> Iterator[Revision]:
    """Tell a mass outage of a thousand numbers in three revisions: declared, widened to the exchange, restored."""
    random = Random(f"{SEED} outage {number}")
    line = _line(random.randrange(lines))
    began = _began(random, until)
    identity = f"O{number:08}"
    opening: Fields = {
        "source": "noc",
        "branch": line.branch,
        "started_at": _write(began),
        "scope": {"prefixes": [line.subscriber[:4]]},
        "users": 300,
        "status": "confirmed",
    }
    steps: Steps = (
        (began + 15 * MINUTE, {}),
        (began + 30 * MINUTE, {"scope": {"prefixes": [line.subscriber[:3]]}, "users": 600}),
        (began + 3 * HOUR, {"status": "restored", "restored_at": _write(began + 2 * HOUR)}),
    )
    return _told(Outage.topic, identity, identity, opening, steps)


COURSES: dict[str, Course] = {
    FaultTicket.topic: fault,
    Outage.topic: outage,
    Complaint.topic: complaint,
    WorkOrder.topic: order,
    Callback.topic: callback,
    Assessment.topic: assessment,
}
"""topic → what tells one of its cases."""


def _line(line: int) -> Line:
    random = Random(SEED - 1 - line)
    branch = random.choice(list(_EXCHANGES))
    return Line(branch, f"{random.choice(_EXCHANGES[branch])}{line:06}", random.choice(_BRANDS))


def _line_with_or_without_faults(random: Random, number: int, lines: int, share_with: float) -> Line:
    return _line(random.randrange(lines) if random.random() < share_with else lines + number)


def _began(random: Random, until: int) -> int:
    return until - DAY - random.randrange(DAYS * DAY // SECOND) * SECOND


def _told(topic: str, identity: str, key: str, opening: Fields, steps: Steps) -> Iterator[Revision]:
    state: Fields = {"id": identity, "revision": 0, "updated_at": "", **opening}
    for revision, (at, news) in enumerate(steps):
        state |= news | {"revision": revision, "updated_at": _write(at)}
        yield at, Record(key.encode(), msgspec.json.encode(state), topic)


def _write(instant: int) -> str:
    return (datetime_of(instant) + _LOCAL).replace(tzinfo=None).isoformat() + "+08:00"
