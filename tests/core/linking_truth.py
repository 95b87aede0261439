"""The links of reports to outages told anew by the oracle's rule, over all outages that are known at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from streams.core.contributions import Chapter
from streams.core.contributions.measures import LEVEL, Place, Weights, add_weights
from streams.core.events import Event
from streams.core.events.outage import Outage
from streams.core.months import DAY, MINUTE, SLOT, instant_of
from streams.core.outages.directory import Row
from tests.core.model import COMPLAINTS, FAULTS
from tests.oracle.linking import outage_of
from tests.oracle.reading import Record

INVALID = ("cancelled", "rejected")
REPEATED = 30 * DAY
TWIN = "_in_outages"
NAMES = {
    FAULTS: ("outage_fault_tickets", "outage_reporters"),
    COMPLAINTS: ("outage_complaints", "outage_complainants"),
}
"""topic → what counts its reports of an outage, and its numbers that reported."""

Beside = Mapping[str, Sequence[Any]]
Linked = dict[str, Outage]
"""Report's id → its outage."""


class LinkingTruth:
    """What reports add because they belong to outages, given all outages that are known."""

    def __init__(self, outages: Iterable[Outage], directory: Iterable[Row]) -> None:
        self._outages = {outage.id: outage for outage in outages if outage.status != "rejected"}
        self._records = [_record(outage) for outage in self._outages.values()]
        self._sites = {row.number: row.site for row in directory if row.site is not None}

    def of_fact(self, weights: Weights, report: Event) -> Weights:
        """Return the twins of what a report by itself contributes."""
        return _twins(weights) if self.linked([report]) else {}

    def of_key(
        self, chapter: Chapter, key: str, reports: Sequence[Any], open_from: int, beside: Beside
    ) -> Iterable[Weights]:
        """Yield the twins of what a number's reports contribute together, and what they tell of their outages."""
        linked = self.linked(reports)
        if not linked:
            return
        yield _twins(_users_lost(chapter, key, reports, open_from, linked))
        if chapter.topic == FAULTS and not chapter.is_placeholder(key):
            yield from (_twins(repeat) for repeat in _repeats(chapter, reports, open_from, linked))
        yield from _told(chapter, reports, open_from, linked)
        elsewhere = {outage.id for others in beside.values() for outage in self.linked(others).values()}
        if not chapter.is_placeholder(key):
            for outage in {outage.id: outage for outage in linked.values()}.values():
                if outage.id not in elsewhere and instant_of(outage.started_at) >= open_from:
                    yield {(_day(outage), (NAMES[chapter.topic][1], (outage.id,))): 1}

    def linked(self, reports: Iterable[Any]) -> Linked:
        """Return those of the reports that belong to an outage, by their ids, with it."""
        found = {}
        for report in reports:
            if report.topic in NAMES and report.status not in INVALID:
                made_from = {"subscriber": report.subscriber, "site": getattr(report, "site", None)}
                outage = outage_of(made_from, instant_of(report.happened_at()), self._records, self._sites)
                if outage is not None:
                    found[report.id] = self._outages[outage]
        return found


def _record(outage: Outage) -> Record:
    return {
        "id": outage.id,
        "started_at": instant_of(outage.started_at),
        "restored_at": None if outage.restored_at is None else instant_of(outage.restored_at),
        "scope": msgspec.structs.asdict(outage.scope),
    }


def _day(outage: Outage) -> Place:
    return "day", instant_of(outage.started_at) // SLOT


def _twins(weights: Weights) -> Weights:
    return {(place, (name + TWIN, labels)): n for (place, (name, labels)), n in weights.items() if place != LEVEL}


def _users_lost(chapter: Chapter, key: str, reports: Sequence[Any], open_from: int, linked: Linked) -> Weights:
    """Return the users of months who are fewer when the linked reports had never been made."""
    lost = dict(chapter.of_key(key, reports, open_from))
    add_weights(lost, chapter.of_key(key, [one for one in reports if one.id not in linked], open_from), -1)
    return {spot: weight for spot, weight in lost.items() if spot[0][0] == "month"}


def _repeats(chapter: Any, reports: Sequence[Any], open_from: int, linked: Linked) -> Iterable[Weights]:
    """Yield what each linked ticket is that repeats another one, whether that is linked or not."""
    valid = [ticket for ticket in reports if ticket.status not in INVALID]
    for ticket in valid:
        opened = instant_of(ticket.opened_at)
        before = [
            other
            for other in valid
            if other is not ticket
            and other.restored_at is not None
            and opened - REPEATED <= instant_of(other.restored_at) <= opened
        ]
        if ticket.id in linked and opened >= open_from and before:
            yield {(("slot", opened // SLOT), ("fault_tickets_repeated_within_30_days", chapter.line(ticket))): 1}


def _told(chapter: Chapter, reports: Sequence[Any], open_from: int, linked: Linked) -> Iterable[Weights]:
    for report in reports:
        outage = linked.get(report.id)
        if outage is None or instant_of(outage.started_at) < open_from:
            continue
        minute = str(instant_of(report.happened_at()) // MINUTE)
        yield {(_day(outage), (NAMES[chapter.topic][0], (outage.id, minute))): 1}
        if chapter.topic == FAULTS:
            yield {(_day(outage), ("outage_symptoms", (outage.id, report.symptom or "none"))): 1}
