"""The fault tickets of the sample: they reproduce the printed report's tables 2.1 to 2.4 exactly.

On top of July stand June's broadband and mobile tickets, for the comparison with the month before.
"""

from random import Random

from streams.samples import demand, findings, mistakes, outages, printed, restoration
from streams.samples.calendar import DAY, HOUR, SECOND, Month
from streams.samples.courses import Course, Fields, Revision
from streams.samples.lifecycle import register, revisions
from streams.samples.mistakes import Slips, another, earlier, later
from streams.samples.numbers import NumberPlan
from streams.samples.period import JULY, JUNE, chance
from streams.samples.tickets import BROADBAND, FIXED, Ticket

TOPIC = "faults"


def tickets(plan: NumberPlan) -> list[Ticket]:
    """Return all tickets, cancelled ones included, in the order of their opening."""
    july = _july(plan)
    june = demand.previous_month_tickets(july, chance("june"))
    cancelled = demand.cancelled_tickets(july, chance("cancelled"))
    _open(june, JUNE)
    _open(cancelled, JULY)
    for some, name in ((june, "june"), (cancelled, "cancelled")):
        findings.find(some, chance(f"{name} findings"))
        restoration.decide(some, chance(f"{name} decisions"))
    result = sorted([*july, *june, *cancelled], key=lambda ticket: ticket.opened_at)
    for ticket in result:
        plan.give(ticket.subscriber, ticket.service)
    restoration.restore(result, chance("restoration"))
    sources = chance("sources")
    for number, ticket in enumerate(result, start=1):
        register(ticket, number, sources)
    return result


def courses(tickets: list[Ticket], plan: NumberPlan) -> list[Course]:
    """Return what is told of the `tickets`, mistakes included."""
    random = chance("courses")
    result = [revisions(ticket, random) for ticket in tickets]
    of_june, of_july = (_ordinary(tickets, result, month) for month in (JUNE, JULY))
    mistakes.register_next_month(of_june, _SLIPS, JUNE)
    mistakes.make(of_july, _SLIPS, JULY, plan, chance("mistakes"))
    return result


def example(courses: list[Course], tickets: list[Ticket]) -> Revision:
    """Return a good ticket's first revision, to make unreadable messages from."""
    return _ordinary(tickets, courses, JULY)[0][0]


def _begin_wrongly(fields: Fields, random: Random) -> Fields:
    choices: tuple[Fields, ...] = (
        {"brand": another(printed.home_brands(), fields.get("brand"), random)},
        {"branch": another(printed.branches(), fields.get("branch"), random)},
        {"service": FIXED if fields["service"] == BROADBAND else BROADBAND},
        {"opened_at": earlier(fields["opened_at"], random)},
    )
    return random.choice(choices)


def _end_wrongly(right: Fields) -> Fields:
    late = {"restored_at": later(right["restored_at"], 2 * DAY), "cause": "其他", "cause_class": "other"}
    return late | {"preprocessed": not right["preprocessed"]}


_SLIPS = Slips(
    happened="opened_at",
    ended="restored_at",
    wrong_key="id",
    begin_wrongly=_begin_wrongly,
    end_wrongly=_end_wrongly,
    corrected_courses=250,
    corrected_endings=60,
    late_notes=60,
    wrong_keys=5,
    changed_numbers=3,
)


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


def _july(plan: NumberPlan) -> list[Ticket]:
    """Return July's valid tickets: all that is printed is decided here."""
    home = demand.home_tickets(chance("home"))
    broadband = home + demand.other_broadband_tickets(chance("other broadband"))
    outages.report_outages(outages.outages(), broadband, printed.home_brands(), plan, chance("outages"))
    demand.split_home_services(home, chance("services"))
    mobile = demand.mobile_tickets(chance("mobile"))
    tickets = broadband + mobile + demand.key_product_tickets(chance("key products"))
    _open([ticket for ticket in tickets if not ticket.outage], JULY)
    findings.find(tickets, chance("findings"))
    findings.find_printed_broadband(tickets, chance("printed findings"))
    restoration.decide_printed(tickets, chance("decisions"))
    return tickets


def _open(tickets: list[Ticket], month: Month) -> None:
    """Spread tickets over the month; a few fall on the edges where counting goes wrong first."""
    random = chance(f"openings {month.start} {len(tickets)}")
    for ticket, opened_at in zip(tickets, month.instants(len(tickets), random), strict=True):
        ticket.opened_at = opened_at
    afternoon = month.start + 8 * DAY + 16 * HOUR
    edges = (month.start, month.end - SECOND // 1000, afternoon - SECOND, afternoon, month.start + 9 * DAY)
    for ticket, opened_at in zip(random.sample(tickets, len(edges)), edges, strict=True):
        ticket.opened_at = opened_at
