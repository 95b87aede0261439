"""The sample month july-2009: fault tickets that reproduce the printed report's tables 2.1 to 2.4 exactly.

The messages look real: they come in bursts, twice, late, in disorder, corrected, cancelled and broken. They are made
from the printed figures (`july-2009.yaml`) with fixed seeds, so every run gives the same bytes. On top of July stand
June's broadband and mobile tickets, for the comparison with the month before.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from streams.samples import demand, findings, mistakes, outages, printed, restoration
from streams.samples import lines as replay_file
from streams.samples.calendar import DAY, HOUR, SECOND, Month
from streams.samples.delivery import deliver
from streams.samples.lifecycle import register, revisions
from streams.samples.lines import Line
from streams.samples.mistakes import Course
from streams.samples.numbers import NumberPlan
from streams.samples.tickets import BROADBAND, Ticket
from streams.samples.unreadable import unreadable

NAME = "july-2009"
PERIOD = "2009-07"
JUNE = Month(2009, 6)
JULY = Month(2009, 7)
# 5 August: past every deadline of July's tickets, and past the last message.
AS_OF = JULY.end + 4 * DAY


def lines() -> Iterator[Line]:
    """Yield the messages of the sample in the order of their arrival."""
    return iter(_lines())


def write(path: Path) -> int:
    """Write the sample as a replay file (compressed when the name ends in .gz) and return the number of lines."""
    return replay_file.write(path, lines())


def _lines() -> list[Line]:
    plan = NumberPlan(outages.outages(), _random("numbers"))
    tickets = _tickets(plan)
    random = _random("courses")
    courses = [revisions(ticket, random) for ticket in tickets]
    of_june, of_july = (_ordinary(tickets, courses, month) for month in (JUNE, JULY))
    mistakes.register_next_month(of_june, JUNE)
    mistakes.make(of_july, JULY, plan, _random("mistakes"))
    told = [revision for course in courses for revision in course]
    result = list(deliver(told, AS_OF - SECOND, _random("delivery")))
    result += unreadable(of_july[0][0], JULY, _random("unreadable"))
    return sorted(result, key=lambda line: line.at)


def _random(stage: str) -> Random:
    """Return the source of chance of one stage; a change in one stage leaves the others as they are."""
    return Random(f"{NAME} {stage}")


def _ordinary(tickets: list[Ticket], courses: list[Course], month: Month) -> list[Course]:
    """Return the courses of a month in which mistakes may be made: a burst's tickets stay as they were reported."""
    return [
        course
        for ticket, course in zip(tickets, courses, strict=True)
        if month.start <= ticket.opened_at < month.end
        and ticket.service == BROADBAND
        and ticket.final_status == "closed"
        and not ticket.outage
    ]


def _tickets(plan: NumberPlan) -> list[Ticket]:
    july = _july(plan)
    june = demand.previous_month_tickets(july, _random("june"))
    cancelled = demand.cancelled_tickets(july, _random("cancelled"))
    _open(june, JUNE)
    _open(cancelled, JULY)
    for tickets, name in ((june, "june"), (cancelled, "cancelled")):
        findings.find(tickets, _random(f"{name} findings"))
        restoration.decide(tickets, _random(f"{name} decisions"))
    tickets = sorted([*july, *june, *cancelled], key=lambda ticket: ticket.opened_at)
    for ticket in tickets:
        plan.give(ticket.subscriber, ticket.service)
    restoration.restore(tickets, _random("restoration"))
    sources = _random("sources")
    for number, ticket in enumerate(tickets, start=1):
        register(ticket, number, sources)
    return tickets


def _july(plan: NumberPlan) -> list[Ticket]:
    """Return July's valid tickets: all that is printed is decided here."""
    home = demand.home_tickets(_random("home"))
    broadband = home + demand.other_broadband_tickets(_random("other broadband"))
    outages.report_outages(outages.outages(), broadband, printed.home_brands(), plan, _random("outages"))
    demand.split_home_services(home, _random("services"))
    mobile = demand.mobile_tickets(_random("mobile"))
    tickets = broadband + mobile + demand.key_product_tickets(_random("key products"))
    _open([ticket for ticket in tickets if not ticket.outage], JULY)
    findings.find(tickets, _random("findings"))
    findings.find_printed_broadband(tickets, _random("printed findings"))
    restoration.decide_printed(tickets, _random("decisions"))
    return tickets


def _open(tickets: list[Ticket], month: Month) -> None:
    """Spread tickets over the month; a few fall on the edges where counting goes wrong first."""
    random = _random(f"openings {month.start} {len(tickets)}")
    for ticket, opened_at in zip(tickets, month.instants(len(tickets), random), strict=True):
        ticket.opened_at = opened_at
    afternoon = month.start + 8 * DAY + 16 * HOUR
    edges = (month.start, month.end - SECOND // 1000, afternoon - SECOND, afternoon, month.start + 9 * DAY)
    for ticket, opened_at in zip(random.sample(tickets, len(edges)), edges, strict=True):
        ticket.opened_at = opened_at
