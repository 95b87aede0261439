"""Outages and reports near them, in any order, and the checks that their links have to pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgspec
from hypothesis import strategies as st

from streams.core.contributions import MEASURES
from streams.core.contributions.faults import REPEATS
from streams.core.contributions.linked import SUFFIX, twin
from streams.core.events import Event, Outage
from streams.core.events.base import canonical
from streams.core.months import DAY, HOUR, MINUTE, datetime_of
from streams.core.outages.directory import Directory
from streams.core.outages.reports import reports_by_outage
from streams.core.recount import compare
from streams.core.tallies import Bucket, Cells
from tests.core.installation import Installation
from tests.core.kinds import Sent, picture, send
from tests.core.linking_truth import LinkingTruth
from tests.core.model import COMPLAINTS, FAULTS, OUTAGES
from tests.core.story import DIRECTORY, NUMBERS, SITES, definitions, instant, written
from tests.core.strategies import AS_OF, AUGUST, Document
from tests.oracle import recount

DEFINITIONS = definitions(ledger_months=2, directory=Directory(DIRECTORY))
MONTHS = ("2009-06", "2009-07", "2009-08")
NOON = instant("2009-07-14T12:00:00+08:00")
STARTS = (NOON, NOON, AUGUST - 10 * MINUTE, AUGUST + 10 * MINUTE)
"""When outages start: in the middle of a month, on its last evening, right after it."""
DISTANCES = (
    -30 * MINUTE - 1, -30 * MINUTE, -20 * MINUTE, 0, MINUTE, HOUR, 2 * HOUR + 30 * MINUTE, 2 * HOUR + 30 * MINUTE + 1,
    26 * HOUR,
)  # fmt: skip
"""How long after a start reports are made; outages that are restored last for two hours."""
SCOPES: dict[str, Document] = {
    "narrow": {"ranges": [["6620001", "6620002"]]},
    "wide": {"prefixes": ["66"]},
    "site": {"sites": ["S1"], "ranges": [["6630004", "6630004"]]},
}


@st.composite
def reports(draw: st.DrawFn) -> Sent:
    """Draw one revision of a ticket or complaint near the outages."""
    topic = draw(st.sampled_from((FAULTS, FAULTS, COMPLAINTS)))
    made = draw(st.sampled_from(STARTS)) + draw(st.sampled_from(DISTANCES))
    document = {
        "id": f"T{draw(st.integers(0, 5))}",
        "revision": draw(st.integers(0, 2)),
        "updated_at": written(made),
        "subscriber": draw(st.sampled_from(NUMBERS)),
    }
    done = written(made + draw(st.sampled_from((0, MINUTE, 3 * HOUR, DAY))))
    maybe: dict[str, Any] = {"status": draw(st.sampled_from((None, None, "closed", "cancelled")))}
    if topic == FAULTS:
        maybe |= {"site": draw(st.sampled_from((None, *SITES))), "restored_at": draw(st.sampled_from((None, done)))}
        maybe |= {"symptom": draw(st.sampled_from((None, "slow"))), "brand": draw(st.sampled_from(("E6", "E8")))}
        return Sent(topic, document | {"opened_at": written(made), "service": "fixed"} | maybe)
    maybe |= {"answered_at": draw(st.sampled_from((None, done))), "network_fault": draw(st.booleans())}
    return Sent(topic, document | {"received_at": written(made)} | maybe)


@st.composite
def lives(draw: st.DrawFn, identity: str) -> list[Sent]:
    """Draw the revisions of one outage, as the NOC knows better and better."""
    start = draw(st.sampled_from(STARTS))
    outage: Document = {"id": identity, "revision": 0, "started_at": start, "scope": SCOPES["narrow"]}
    life = [dict(outage)]
    for change in draw(
        st.lists(st.sampled_from((*SCOPES, "restore", "open", "reject", "confirm", "move")), max_size=5)
    ):
        outage["revision"] += 1
        if change in SCOPES:
            outage["scope"] = SCOPES[change]
        elif change in ("reject", "confirm"):
            outage["status"] = {"reject": "rejected", "confirm": "confirmed"}[change]
        elif change == "move":
            outage["started_at"] = draw(st.sampled_from(STARTS))
        else:
            outage["is_over"] = change == "restore"
        life.append(dict(outage))
    return [Sent(OUTAGES, _worded(outage)) for outage in life]


def _worded(outage: Document) -> Document:
    started = outage["started_at"]
    over = {"restored_at": written(started + 2 * HOUR)} if outage.pop("is_over", False) else {}
    return outage | {"started_at": written(started), "updated_at": written(started)} | over


LOGS = st.tuples(
    lives("O1"), lives("O2"), st.lists(reports(), max_size=8, unique_by=Sent.identity)
).map(lambda parts: [one for part in parts for one in part])  # fmt: skip


def told(sent: Iterable[Sent], partitions: int = 1) -> Installation:
    """Return a town that was told everything in this order and has counted it."""
    town = Installation(partitions, DEFINITIONS, detects=False)
    send(town, sent)
    town.count(datetime_of(AS_OF))
    return town


def told_bit_by_bit(sent: Sequence[Sent], random: Random, partitions: int) -> Installation:
    """Return a town that was told everything in whatever order, much of it twice, and counted now and then."""
    town = Installation(partitions, DEFINITIONS, detects=False)
    shuffled = [*sent, *random.choices(sent, k=len(sent) // 2)]
    random.shuffle(shuffled)
    clock = NOON - DAY
    for one in shuffled:
        send(town, [one])
        if random.random() < 0.5:
            clock += random.randrange(DAY)
            town.count(random.choice((None, datetime_of(clock))))
    town.count(datetime_of(AS_OF))
    return town


def check_order(sent: Sequence[Sent], random: Random, partitions: int) -> None:
    """Order, repeats and partitions make no difference, and the recount from the log finds none."""
    town = told_bit_by_bit(sent, random, partitions)
    assert picture(town) == picture(told(sent))
    for month in MONTHS:
        for number in range(partitions):
            assert (
                compare(number, town.tallies.cells(month, number), town.recounter(number, month).result().buckets) == []
            )


def check_oracle(sent: Sequence[Sent], random: Random, partitions: int) -> None:
    """Each outage has the reports that the definitions alone give it."""
    town = told_bit_by_bit(sent, random, partitions)
    for month in MONTHS:
        figures = recount(
            [(one.topic, one.event().key().encode(), msgspec.json.encode(one.document)) for one in sent],
            period=month,
            as_of=datetime_of(AS_OF),
            families=DEFINITIONS.families,
            prefixes=DEFINITIONS.prefixes,
            placeholders=DEFINITIONS.placeholders,
            directory={row.number: row.site for row in DIRECTORY if row.site is not None},
        )
        started = {one.id for one in newest(sent, OUTAGES) if written_month(one) == month}
        expected = {
            outage: (of.reports.tickets, of.reports.complaints, of.reports.reporters, dict(of.reports.symptoms))
            for outage, of in figures.outages.items()
            if of.reports.total and outage in started
        }
        assert expected == {
            outage: (sum(of.fault_tickets.values()), sum(of.complaints.values()), of.reporters, of.symptoms)
            for outage, of in reports_by_outage(town.tallies.month(month)).items()
        }


def check_rejection(sent: Sequence[Sent], random: Random, partitions: int) -> None:
    """When all outages are rejected nothing is left of them, in whatever order that is told."""
    rejections = [
        Sent(OUTAGES, one.document | {"revision": 99, "status": "rejected", "restored_at": None})
        for one in {one.document["id"]: one for one in sent if one.topic == OUTAGES}.values()
    ]
    town = told_bit_by_bit([*sent, *rejections], random, partitions)
    assert picture(town) == picture(told(one for one in sent if one.topic != OUTAGES))


def check_twins(sent: Sequence[Sent], random: Random, partitions: int) -> None:
    """A figure less its twin is the figure of a town where the linked reports were never made.

    A ticket may still be the repeat of one that is linked: of repeats only those of linked tickets themselves go.
    """
    truth = LinkingTruth(newest(sent, OUTAGES), DIRECTORY)
    gone = {
        (topic, report.key(), identity)
        for topic in (FAULTS, COMPLAINTS)
        for report in newest(sent, topic)
        for identity in truth.linked([report])
    }
    left = [one for one in sent if (one.topic, one.event().key(), one.document["id"]) not in gone]
    whole = picture(told_bit_by_bit(sent, random, partitions))
    assert less_twins(whole) == less_twins(picture(told(left)))
    assert bool(gone) == any(name.endswith(SUFFIX) for cells in whole.values() for name, _ in cells)


CHECKS = (check_order, check_oracle, check_rejection, check_twins)


def newest(sent: Iterable[Sent], topic: str) -> list[Any]:
    """Return the newest revision of each id under each key."""
    found: dict[tuple[str, str], Event] = {}
    for event in (one.event() for one in sent if one.topic == topic):
        place = (event.key(), event.id)
        found[place] = max(event, found.get(place, event), key=lambda one: (one.revision, canonical(one)))
    return list(found.values())


def written_month(outage: Outage) -> str:
    """Return the month in which an outage started."""
    return "2009-07" if outage.started_at < datetime_of(AUGUST) else "2009-08"


def less_twins(seen: dict[Bucket, Cells]) -> dict[Bucket, Cells]:
    """Return every number of reports less its twin, but for levels, which have none, and repeats."""
    found: dict[Bucket, Cells] = {}
    for bucket, cells in seen.items():
        less = {
            (name, labels): number - cells.get((twin(name), labels), 0)
            for (name, labels), number in cells.items()
            if twin(name) in MEASURES and name != REPEATS.name
        }
        found[bucket] = {cell: number for cell, number in less.items() if number}
    return {bucket: cells for bucket, cells in found.items() if cells}
