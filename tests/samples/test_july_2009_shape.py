"""The sample month looks like a month of a real town: its days, its outages, its messages' manners."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from streams.samples import july_2009
from streams.samples.calendar import instant, write_instant
from streams.samples.lines import Line
from streams.samples.outages import outages
from streams.samples.tickets import Outage
from tests.samples.counting import TOWN_TIME, Ticket, effective_due, having, moment, read
from tests.samples.counting_others import read as read_other

OUTAGES = outages()


def reports(july: list[Ticket], outage: Outage) -> list[Ticket]:
    """Return the tickets that an outage's scope and time pick out: none of them knows of the outage."""
    start, end = (datetime.fromtimestamp(at / 1e6, TOWN_TIME) for at in (outage.started_at, outage.restored_at))
    tickets = [ticket for ticket in july if start <= ticket["opened_at"] < end and ticket["cause"] == outage.cause]
    if outage.first_number and outage.last_number:
        return [t for t in tickets if outage.first_number <= t["subscriber"] <= outage.last_number]
    if outage.prefixes:
        return [ticket for ticket in tickets if ticket["subscriber"].startswith(outage.prefixes)]
    return having(tickets, site=outage.site)


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: write_instant(outage.started_at))
def test_outages_burst(july: list[Ticket], outage: Outage) -> None:
    """Each outage is one ticket for each line that reported, steep at the onset, in its services, ended together."""
    tickets = reports(july, outage)
    assert len(tickets) == len({ticket["subscriber"] for ticket in tickets}) == outage.reporters
    assert {ticket["service"] for ticket in tickets} == set(outage.services)
    assert {instant(ticket["restored_at"].isoformat()) for ticket in tickets} == {outage.restored_at}
    middle = (outage.started_at + outage.restored_at) // 2
    early = [ticket for ticket in tickets if instant(ticket["opened_at"].isoformat()) < middle]
    assert len(early) > 0.8 * len(tickets)


def test_outages_have_the_printed_size() -> None:
    """96, 600 and 750 lines report (20 and 21 July together 750); of the 127 and 255 affected a good part."""
    sizes = [outage.reporters for outage in OUTAGES]
    assert [sizes[0], sizes[2], sizes[3] + sizes[4]] == [96, 600, 750]
    assert 127 / 2 < sizes[1] < 127
    assert 255 / 2 < sizes[5] < 255


def test_night_is_quiet(july: list[Ticket]) -> None:
    """An hour of the working day has more than ten times the tickets of an hour of the night."""
    hours = Counter(ticket["opened_at"].astimezone(TOWN_TIME).hour for ticket in july)
    assert 10 * max(hours[hour] for hour in range(1, 6)) < min(hours[hour] for hour in range(8, 22))


def test_sunday_is_quieter_than_monday(july: list[Ticket]) -> None:
    """Leaving the outages aside, a Sunday has fewer tickets than a Monday."""
    plain = [ticket for ticket in july if ticket["cause"] not in {outage.cause for outage in OUTAGES}]
    days = Counter(ticket["opened_at"].astimezone(TOWN_TIME).weekday() for ticket in plain)
    assert days[6] < 0.85 * days[0]


def test_month_edges_are_taken(july: list[Ticket]) -> None:
    """July has a ticket on its first instant, on its last, and on both sides of the afternoon's promise."""
    openings = {ticket["opened_at"] for ticket in july}
    edges = ("01T00:00:00", "31T23:59:59.999", "09T15:59:59", "09T16:00:00", "10T00:00:00")
    assert all(moment(f"2009-07-{edge}+08:00") in openings for edge in edges)


def test_restoration_looks_real(july: list[Ticket]) -> None:
    """A third of the tickets has a due instant of its own, some are in time only by a hold, most end in hours."""
    explicit = [ticket for ticket in july if "due_at" in ticket]
    held = [ticket for ticket in july if ticket["held"]]
    thanks_to_hold = [t for t in held if effective_due({**t, "held": []}) < t["restored_at"] <= effective_due(t)]
    durations = sorted(ticket["restored_at"] - ticket["opened_at"] for ticket in july)
    assert 0.2 < len(explicit) / len(july) < 0.4
    assert len(held) > 200
    assert len(thanks_to_hold) > 50
    assert timedelta(minutes=20) < durations[len(durations) // 2] < timedelta(hours=4)


def test_messages_have_manners(fault_lines: list[Line], tickets: list[dict[str, Any]]) -> None:
    """About three revisions a ticket; two in a hundred messages come twice; some arrive after newer ones."""
    readable = [ticket for line in fault_lines if (ticket := read(line.value))]
    different = {(ticket["id"], ticket["revision"]) for ticket in readable}
    assert 2.7 < len(different) / len(tickets) < 3.5
    assert 0.015 < len(readable) / len(different) - 1 < 0.025
    assert _overtaken(readable) > 100


def test_extras_are_there(fault_lines: list[Line], tickets: list[dict[str, Any]], july: list[Ticket]) -> None:
    """On top: some 3 % cancelled or rejected, some 30 unreadable, five wrongly keyed, three with a former number."""
    cancelled = having(tickets, status=lambda status: status in ("cancelled", "rejected"))
    assert 0.02 < len(cancelled) / len(july) < 0.04
    assert {"无", "0", "10000"} <= {ticket["subscriber"] for ticket in cancelled}
    assert 25 <= sum(read(line.value) is None for line in fault_lines) <= 40
    assert sum(line.value is not None and len(line.value) > 2_000_000 for line in fault_lines) == 1
    keyed = [(line.key, ticket) for line in fault_lines if (ticket := read(line.value))]
    assert len({ticket["id"] for key, ticket in keyed if key != ticket["subscriber"].encode()}) == 5
    assert len(having(july, was_subscriber=lambda number: number is not None)) == 3


def test_arrival_is_the_clock(lines: list[Line]) -> None:
    """Messages stand in the order of arrival, none before it was written, none after the last tick."""
    arrivals = [line.at for line in lines]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] < july_2009.AS_OF
    written = [(line.at, instant(json.loads(line.value or b"")["updated_at"])) for line in lines if _readable(line)]
    assert all(at > updated_at for at, updated_at in written)


def _readable(line: Line) -> bool:
    return (read(line.value) if line.topic == "faults" else read_other(line.topic, line.value)) is not None


def _overtaken(readable: list[dict[str, Any]]) -> int:
    """Count the messages that arrive after a newer revision of their ticket, duplicates left out."""
    newest: dict[str, int] = {}
    seen: set[tuple[str, int]] = set()
    late = 0
    for ticket in readable:
        revision = ticket["id"], ticket["revision"]
        late += revision not in seen and newest.get(ticket["id"], -1) > ticket["revision"]
        seen.add(revision)
        newest[ticket["id"]] = max(newest.get(ticket["id"], -1), ticket["revision"])
    return late
