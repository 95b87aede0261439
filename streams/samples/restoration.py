"""How tickets are cleared: promises, holds and the instant of restoration, by constraint from the printed counts.

First it is decided which tickets are late and which the front desk clears; then each gets a course that makes it so.
"""

from collections.abc import Iterable, Sequence
from random import Random

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, SECOND, below, lasting, start_of_day
from streams.samples.findings import cleared_at_desk
from streams.samples.tickets import BROADBAND, KEY_PRODUCT, Hold, Ticket

_LATE_SHARE = 0.02
_DESK_SHARE = 0.45
_EXPLICIT_DUE_SHARE = 0.3
_EXPLICIT_DUE_HOURS = (8, 12, 24, 36)
_PRIVILEGED_DUE_HOURS = (8, 12)
_VIP_SHARE = 0.02
_HOLD_SHARE = 0.08
_AT_THE_SECOND_SHARE = 0.005
_LONGEST_DELAY = 18 * HOUR


def decide_printed(tickets: Sequence[Ticket], random: Random) -> None:
    """Choose July's late and pre-processed tickets so that every printed count comes out."""
    table = printed.report()["broadband"]
    home_brands = printed.home_brands()
    for group, (count, in_time, _) in table["restored_in_time"].items():
        brands = home_brands if group == printed.HOME_FAMILY else [group]
        _choose_late(_of(tickets, brands, BROADBAND), count - in_time, random)
    business = _of(tickets, [printed.BUSINESS_BROADBAND], BROADBAND)
    _choose_late(business, int(len(business) * _LATE_SHARE), random)
    fixed = [ticket for ticket in _of(tickets, home_brands) if ticket.service != BROADBAND]
    _choose_late(fixed, int(len(fixed) * _LATE_SHARE), random)
    broadband = [ticket for ticket in tickets if ticket.service == BROADBAND]
    _choose_desk(broadband, table["preprocessing"]["preprocessed"], random)
    others = [ticket for ticket in tickets if ticket.service != BROADBAND]
    _choose_desk(others, int(len(others) * _DESK_SHARE), random)


def decide(tickets: Sequence[Ticket], random: Random) -> None:
    """Choose late and pre-processed tickets where nothing is printed."""
    _choose_late(tickets, int(len(tickets) * _LATE_SHARE), random)
    _choose_desk(tickets, int(len(tickets) * _DESK_SHARE), random)


def restore(tickets: Iterable[Ticket], random: Random) -> None:
    """Give each ticket its due instant where it has an explicit one, its holds, and its restoration."""
    for ticket in tickets:
        ticket.vip = random.random() < _VIP_SHARE
        if ticket.outage:
            # Under the general promise, which every outage of the month kept; a shorter one would make some late.
            ticket.restored_at = ticket.outage.restored_at
            continue
        ticket.due_at = _explicit_due(ticket, random)
        due = ticket.due_at or _promise(ticket.opened_at)
        if ticket.preprocessed:
            ticket.restored_at = ticket.opened_at + lasting(18 * MINUTE, 2 * HOUR, random)
        elif random.random() < _HOLD_SHARE:
            _restore_held(ticket, due, random)
        else:
            _restore_dispatched(ticket, due, random)


def _explicit_due(ticket: Ticket, random: Random) -> int | None:
    """Return the due instant that the system states; without one the promise holds."""
    privileged = ticket.vip or ticket.service == KEY_PRODUCT
    if not privileged and random.random() >= _EXPLICIT_DUE_SHARE:
        return None
    hours = random.choice(_PRIVILEGED_DUE_HOURS if privileged else _EXPLICIT_DUE_HOURS)
    return ticket.opened_at // SECOND * SECOND + hours * HOUR


def _promise(opened_at: int) -> int:
    """Return the ticket system's promise: reported before 16:00, by midnight; later, within 24 hours."""
    day = start_of_day(opened_at)
    return day + DAY if opened_at < day + 16 * HOUR else opened_at + DAY


def _restore_dispatched(ticket: Ticket, due: int, random: Random) -> None:
    at_the_second = random.random() < _AT_THE_SECOND_SHARE
    if ticket.in_time:
        duration = lasting(150 * MINUTE, due - ticket.opened_at, random)
        ticket.restored_at = due if at_the_second else ticket.opened_at + duration
    else:
        ticket.restored_at = due + (SECOND if at_the_second else lasting(4 * HOUR, _LONGEST_DELAY, random))


def _restore_held(ticket: Ticket, due: int, random: Random) -> None:
    """Hold a ticket while the customer is away; half of the timely ones are in time only because of that."""
    begin = ticket.opened_at // SECOND * SECOND + random.randrange(30, 240) * MINUTE
    hold = Hold(begin, begin + random.randrange(2 * 60, 12 * 60) * MINUTE)
    ticket.holds = (hold,)
    pushed_due = due + hold.end - hold.start
    if not ticket.in_time:
        ticket.restored_at = pushed_due + lasting(4 * HOUR, _LONGEST_DELAY, random)
    elif hold.end < due and random.random() < 0.5:
        ticket.restored_at = hold.end + lasting(60 * MINUTE, due - hold.end, random)
    else:
        earliest = max(due, hold.end)
        ticket.restored_at = earliest + SECOND + below(pushed_due - earliest, random)


def _of(tickets: Iterable[Ticket], brands: Iterable[str], service: str | None = None) -> list[Ticket]:
    wanted = set(brands)
    return [t for t in tickets if t.subscriber.brand in wanted and service in (None, t.service)]


def _choose_late(tickets: Iterable[Ticket], count: int, random: Random) -> None:
    """Make `count` tickets late; an outage's are not, for all of them ended within the promise."""
    for ticket in random.sample([ticket for ticket in tickets if not ticket.outage], count):
        ticket.in_time = False


def _choose_desk(tickets: Iterable[Ticket], count: int, random: Random) -> None:
    """Make `count` tickets pre-processed: no late one, no outage's, by preference causes that need no visit."""
    free = [ticket for ticket in tickets if ticket.in_time and not ticket.outage]
    free.sort(key=lambda ticket: random.random() * (1 if cleared_at_desk(ticket.cause) else 3))
    for ticket in free[:count]:
        ticket.preprocessed = True
