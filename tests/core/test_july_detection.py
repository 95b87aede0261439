"""July 2009 as it arrived: each network outage of chapter 3.4 is seen before it is declared, and nothing else is."""

from __future__ import annotations

from functools import cache

import pytest

from streams.core.events import READERS, FaultTicket, Outage, Refused
from streams.core.events.outage import Scope
from streams.core.months import HOUR, Calendar, datetime_of, instant_of
from streams.core.outages.linking import Links
from streams.core.outages.scope import covers
from streams.samples import july_2009, printed
from streams.samples.lines import Line
from tests.core.july_signals import DEFINITIONS, Told, told_of

OUTAGES = {
    "QZ-20090701-1": Scope(prefixes=["7651"]),
    "QZ-20090705-1": Scope(ranges=[("6182560", "6182687")]),
    "QZ-20090714-1": Scope(prefixes=["663"]),
    "QZ-20090720-1": Scope(sites=["FTTB媒体箱"]),
    "QZ-20090721-1": Scope(sites=["FTTB媒体箱"]),
    "QZ-20090726-1": Scope(ranges=[("6184096", "6184351")]),
}
"""The printed ones, by the ids that the sample gives them. Of the others nobody called: they ended at night, or in June
before a day was known, or never were."""


@cache
def lines() -> tuple[Line, ...]:
    """Return the messages of the sample, made once."""
    return tuple(july_2009.lines())


@cache
def told() -> list[Told]:
    """Return what is told of them, found once."""
    return told_of(lines())


@cache
def links() -> Links:
    """Return the links of the printed outages as they turned out."""
    newest: dict[str, Outage] = {}
    for line in lines():
        outage = _event(line) if line.topic == Outage.topic else None
        if isinstance(outage, Outage) and outage.id in OUTAGES:
            newest[outage.id] = max(newest.get(outage.id, outage), outage, key=lambda one: one.revision)
    return Links(DEFINITIONS, Calendar(DEFINITIONS.timezone), newest.values())


@cache
def arrivals() -> dict[str, list[int]]:
    """Return outage id → when the first word of each of its tickets came, in order."""
    came: dict[str, dict[str, int]] = {identity: {} for identity in OUTAGES}
    for line in lines():
        if (outage := _outage_of(line)) is not None:
            event = _event(line)
            assert event is not None
            came[outage].setdefault(event.id, line.at)
    return {identity: sorted(of.values()) for identity, of in came.items()}


def _outage_of(line: Line) -> str | None:
    event = _event(line) if line.topic == FaultTicket.topic else None
    outage = None if event is None else links().outage_of(event)
    return None if outage is None else outage.id


def _event(line: Line) -> FaultTicket | Outage | None:
    try:
        event = READERS[line.topic].read(line.value)
    except Refused:
        return None
    assert isinstance(event, FaultTicket | Outage)
    return event


def of_outage(identity: str) -> list[Told]:
    """Return what was told of the suspicion that became the outage."""
    (suspected,) = {each.suspected.id for each in told() if each.suspected.outage == identity}
    return [each for each in told() if each.suspected.id == suspected]


def test_the_outages_are_those_that_the_report_prints() -> None:
    """Whoever changes the printed report changes this list too."""
    assert len(OUTAGES) == len(printed.report()["outages"]) == len(links().windows)


@pytest.mark.parametrize("identity", OUTAGES)
def test_an_outage_is_suspected_before_half_of_its_reports_are_in_and_before_it_is_declared(identity: str) -> None:
    """By the clock of arrivals, which ticks once a minute; once declared the suspicion is over, under one id."""
    first, last = of_outage(identity)[0], of_outage(identity)[-1]
    came = arrivals()[identity]
    in_by_then = sum(at <= first.at for at in came)
    print(f"{identity}: suspected with {in_by_then} of {len(came)} reports in, at {datetime_of(first.at)}")
    assert in_by_then < len(came) / 2
    declared = min(line.at for line in lines() if line.topic == Outage.topic and _is_declared(line, identity))
    assert first.at < declared
    assert (first.suspected.revision, first.suspected.state) == (0, "open")
    assert (last.suspected.state, last.suspected.branch) == ("declared", _branch(identity))


def _is_declared(line: Line, identity: str) -> bool:
    outage = _event(line)
    return isinstance(outage, Outage) and outage.id == identity and outage.status != "suspected"


def _branch(identity: str) -> str | None:
    return next(window.outage.branch or "现业" for window in links().windows if window.outage.id == identity)


@pytest.mark.parametrize("identity", OUTAGES)
def test_the_right_prefix_range_or_site_is_named(identity: str) -> None:
    """From the first telling on the place is that of the outage; a range lies within it and reaches over most of it."""
    scope = OUTAGES[identity]
    for each in of_outage(identity):
        place = each.suspected.scope
        if scope.sites:
            assert place.sites == scope.sites
        elif scope.prefixes:
            assert place.prefixes == scope.prefixes
        else:
            assert all(covers(scope, number, None) for range_ in place.ranges for number in range_)
    if scope.ranges:
        (first, last), (begin, end) = of_outage(identity)[-1].suspected.scope.ranges[0], scope.ranges[0]
        assert int(last) - int(first) > 0.7 * (int(end) - int(begin))


def test_nothing_else_is_suspected() -> None:
    """No false alarm in two months of tickets and complaints, and every outage is suspected once."""
    last = {each.suspected.id: each.suspected for each in told()}
    assert sorted(suspected.outage or suspected.id for suspected in last.values()) == sorted(OUTAGES)


def test_at_full_speed_the_same_outages_are_suspected() -> None:
    """A replay that ticks once an hour knows each declaration before the calls, and does not let it count early."""
    last = {each.suspected.id: each.suspected for each in told_of(lines(), tick_every=HOUR)}
    assert sorted(suspected.outage or suspected.id for suspected in last.values()) == sorted(OUTAGES)


def test_without_the_bursts_nothing_is_suspected() -> None:
    """Control: the same months without the tickets of the outages, which then are not declared either."""
    without = [line for line in lines() if line.topic != Outage.topic and _outage_of(line) is None]
    assert len(lines()) - len(without) > sum(map(len, arrivals().values())) > 1_000
    assert told_of(without) == []


def test_outages_that_nobody_declares_stay_suspected_until_they_are_over() -> None:
    """Control: nothing of this hangs on the declarations; each ends by itself, soon after its last reports."""
    undeclared = told_of([line for line in lines() if line.topic != Outage.topic])
    last = {each.suspected.id: each.suspected for each in undeclared}
    assert {suspected.state for suspected in last.values()} == {"closed"}
    found = [links().windows[-1 - place] for place in range(len(OUTAGES))]
    starts = sorted(suspected.first_report_at for suspected in last.values())
    for window in found:
        mine = [start for start in starts if window.start <= instant_of(start) <= window.end]
        assert mine, f"{window.outage.id} is not suspected"
