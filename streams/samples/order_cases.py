"""Which lines are ordered, and how the orders go: by constraint from the printed report's table 2.1.

Appointed and on-time counts per branch are fixed here; everything else is drawn.
"""

import re
from collections.abc import Iterable, Sequence
from random import Random

import msgspec

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, SECOND, below, instant, lasting, start_of_day
from streams.samples.period import JULY
from streams.samples.tickets import Hold

# Not printed: which of the family's brands an order is for, and how many orders there are beside the family's.
_HOME_BRANDS = {"E6": 6, "E8": 84, "E8-2": 10}
_OTHER_ORDERS = {printed.HOME_ADSL: 380, printed.BUSINESS_BROADBAND: 120}
_OTHER_APPOINTED_SHARE, _OTHER_ON_TIME_SHARE = 0.9, 0.93
_CANCELLED_SHARE = 0.05
_NEW_LINE_SHARE = 0.2
_OPEN_SHARE_OF_LATE = 0.1
_HOLD_SHARE = 0.07
_LAST_HOLD = 8 * DAY
_AT_THE_SECOND_SHARE = 0.01
_LONGEST_DELAY = 4 * DAY
_REMINDED_SHARE = 0.05


class Order(msgspec.Struct, eq=False):
    """A work order with all that will ever be known of it; its revisions tell it bit by bit.

    former_key: the key of the first revisions: its id where a new line has no number yet, or another number.
    """

    branch: str
    brand: str
    appointed: bool
    on_time: bool
    created_at: int = 0
    appointed_at: int | None = None
    promised_for: int = 0
    completed_at: int | None = None
    holds: tuple[Hold, ...] = ()
    still_held_since: int | None = None
    reminded_at: tuple[int, ...] = ()
    number: str = ""
    new_line: bool = False
    former_key: str | None = None
    final_status: str = "closed"
    id: str = ""


def july_orders(random: Random) -> list[Order]:
    """Return July's valid orders: the home family's as printed, and some of other brands."""
    table = printed.report()["on_time_fulfilment"]
    brands, weights = list(_HOME_BRANDS), list(_HOME_BRANDS.values())
    orders: list[Order] = []
    for branch in printed.branches():
        count, appointed, on_time = table[branch][:3]
        chosen = random.choices(brands, weights, k=count)
        orders += [
            Order(branch=branch, brand=brand, appointed=place < appointed, on_time=place < on_time)
            for place, brand in enumerate(chosen)
        ]
    branches, weights = list(printed.reporters_by_branch()), list(printed.reporters_by_branch().values())
    for brand, count in _OTHER_ORDERS.items():
        for branch in random.choices(branches, weights, k=count):
            appointed = random.random() < _OTHER_APPOINTED_SHARE
            on_time = appointed and random.random() < _OTHER_ON_TIME_SHARE
            orders.append(Order(branch=branch, brand=brand, appointed=appointed, on_time=on_time))
    return orders


def cancelled_orders(july: Sequence[Order], random: Random) -> list[Order]:
    """Return orders that come on top and end cancelled or rejected."""
    chosen = random.choices(july, k=int(len(july) * _CANCELLED_SHARE))
    status = random.choices(("cancelled", "cancelled", "rejected"), k=len(chosen))
    return [msgspec.structs.replace(order, final_status=ending) for order, ending in zip(chosen, status, strict=True)]


def named_order() -> Order:
    """Return the order of June that the report tells of: it got another number, and took until July."""
    told = printed.report()["defects"]["open"]
    former, number = re.findall(r"\d{7}", told)
    created_at = instant("2009-06-29T10:05:00+08:00")
    return Order(
        branch=printed.branches()[-1],
        brand="E8",
        appointed=True,
        on_time=False,
        created_at=created_at,
        appointed_at=created_at + 2 * DAY,
        promised_for=created_at + 2 * DAY + 8 * HOUR,
        completed_at=instant("2009-07-05T16:40:00+08:00"),
        number=number,
        former_key=former,
    )


def create(orders: Sequence[Order], random: Random) -> None:
    """Spread orders over July; a few fall on its edges. A part of them is for lines that have no number yet."""
    for order, created_at in zip(orders, JULY.instants(len(orders), random), strict=True):
        order.created_at = created_at
        order.new_line = random.random() < _NEW_LINE_SHARE
    edges = (JULY.start, JULY.end - SECOND // 1000)
    for order, created_at in zip(random.sample(orders, len(edges)), edges, strict=True):
        order.created_at = created_at


def fulfil(orders: Iterable[Order], random: Random) -> None:
    """Give each order its appointment, its promise and its completion, as has been decided for it."""
    for order in orders:
        visit = start_of_day(order.created_at) + random.randrange(1, 4) * DAY + random.randrange(18, 35) * 30 * MINUTE
        order.promised_for = start_of_day(visit) + 20 * HOUR
        if order.appointed:
            order.appointed_at = visit
        due = order.promised_for
        if order.created_at < JULY.end - _LAST_HOLD and random.random() < _HOLD_SHARE:
            due = _hold(order, random)
        _complete(order, visit, due, random)


def _hold(order: Order, random: Random) -> int:
    """Hold an order, say for want of a port; return until when it is on time after that."""
    begin = order.created_at // SECOND * SECOND + random.randrange(60, 8 * 60) * MINUTE
    hold = Hold(begin, begin + random.randrange(4 * 60, 60 * 60) * MINUTE)
    order.holds = (hold,)
    return order.promised_for + hold.end - hold.start


def _complete(order: Order, visit: int, due: int, random: Random) -> None:
    earliest = max(visit, order.holds[0].end) if order.holds else visit
    if order.on_time:
        early = lasting(3 * HOUR, due - earliest, random)
        order.completed_at = due if random.random() < _AT_THE_SECOND_SHARE else earliest + early
    elif order.appointed and random.random() < _OPEN_SHARE_OF_LATE:
        order.still_held_since = due if random.random() < 0.5 else None
    elif order.appointed:
        order.completed_at = due + SECOND + below(_LONGEST_DELAY, random)
    else:
        order.completed_at = max(earliest, due - below(DAY, random))
    if not order.on_time and order.appointed:
        reminders = random.choice((0, 1, 1, 2, 3))
        order.reminded_at = tuple(sorted(_next_day_call(due, random) for _ in range(reminders)))
    elif random.random() < _REMINDED_SHARE:
        order.reminded_at = (visit - random.randrange(1, 60) * MINUTE,)


def _next_day_call(at: int, random: Random) -> int:
    """Return an instant of the next day at which people make calls."""
    return start_of_day(at) + DAY + random.randrange(9 * 60, 18 * 60) * MINUTE
