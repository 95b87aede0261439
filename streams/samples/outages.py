"""The month's mass outages, and the bursts of tickets with which people report them.

The report prints day, length and users; it does not print when an outage began, nor where those without a branch were.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, NamedTuple

from streams.samples import printed
from streams.samples.calendar import HOUR, MINUTE, SECOND, instant
from streams.samples.numbers import NumberPlan
from streams.samples.tickets import BROADBAND, FIXED, Outage, Ticket


class _Course(NamedTuple):
    """What the report does not print of one outage; `reporting` is the share of its users who report in this burst."""

    start: str
    reporting: float
    cause: str
    symptoms: dict[str, str]


_NO_DIAL_TONE = "无拨号音"
_NO_ACCESS = "无法上网"
_CANNOT_CONNECT = "无法连接对方计算机"
_BOTH_DEAD = {FIXED: _NO_DIAL_TONE, BROADBAND: _NO_ACCESS}
_BOX_DEAD = {FIXED: _NO_DIAL_TONE, BROADBAND: _CANNOT_CONNECT}

# 96, 600 and 750 are users who reported; of the 127 and 255 lines that were out, about five in eight report.
# The 750 of 20 and 21 July are printed as one item, so they are split between the two days.
_COURSES = {
    "2009-07-01": _Course("19:36:00", 1, "宽带设备故障", {BROADBAND: "错误678"}),
    "2009-07-05": _Course("09:12:00", 0.62, "机房故障", _BOTH_DEAD),
    "2009-07-14": _Course("18:24:00", 1, "网络攻击", {BROADBAND: _CANNOT_CONNECT}),
    "2009-07-20": _Course("14:05:00", 0.3, "媒体箱停电", _BOX_DEAD),
    "2009-07-21": _Course("07:48:00", 0.7, "媒体箱停电", _BOX_DEAD),
    "2009-07-26": _Course("10:41:00", 0.62, "机房设备死机", _BOTH_DEAD),
}
_BRANCH_WHEN_NOT_PRINTED = "现业"
_FIRST_CALL = 90 * SECOND
_FIXED_SHARE = 0.55


def outages() -> list[Outage]:
    """Return the printed outages, completed by what is assumed of them, in the order of their days."""
    return [_outage(entry, _COURSES[entry["date"].isoformat()]) for entry in printed.report()["outages"]]


def _outage(entry: dict[str, Any], course: _Course) -> Outage:
    started_at = instant(f"{entry['date']}T{course.start}+08:00")
    scope = entry["scope"]
    first, last = scope.get("ranges", [(None, None)])[0]
    return Outage(
        branch=entry["branch"] or _BRANCH_WHEN_NOT_PRINTED,
        started_at=started_at,
        restored_at=started_at + round(entry["hours"] * HOUR / SECOND) * SECOND,
        reporters=round(entry["users"] * course.reporting),
        services=tuple(entry["services"]),
        symptoms=course.symptoms,
        cause=course.cause,
        prefixes=tuple(scope.get("prefixes", ())),
        first_number=first,
        last_number=last,
        site=entry.get("site") or next(iter(scope.get("sites", [])), None),
    )


def report_outages(
    outages: Iterable[Outage], tickets: Sequence[Ticket], home_brands: Iterable[str], plan: NumberPlan, random: Random
) -> None:
    """Turn tickets of the month into the reports of the outages: one for each line that reported.

    A line takes part in one outage at most, because its number is drawn from that outage's scope. Only home lines
    carry a telephone beside their broadband.
    """
    with_telephone = set(home_brands)
    candidates = list(tickets)
    random.shuffle(candidates)
    for outage in outages:
        free = (t for t in candidates if t.subscriber.branch == outage.branch and not t.subscriber.number)
        for _ in range(outage.reporters):
            ticket = next(free)
            telephone = FIXED in outage.services and ticket.subscriber.brand in with_telephone
            ticket.subscriber.number = plan.within(outage)
            ticket.outage = outage
            ticket.service = FIXED if telephone and random.random() < _FIXED_SHARE else BROADBAND
            ticket.opened_at = _call(outage, random)


def _call(outage: Outage, random: Random) -> int:
    """Return when one customer calls: most within minutes of the onset, fewer and fewer until it is over."""
    duration = outage.restored_at - outage.started_at
    mean_wait = min(duration // 5, 30 * MINUTE)
    while True:
        wait = _FIRST_CALL + int(random.expovariate(1) * mean_wait)
        if wait < duration * 0.95:
            return outage.started_at + wait // SECOND * SECOND
