"""The work orders of the sample: they reproduce the printed report's table of fulfilment (2.1) exactly."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random

from streams.samples import mistakes, printed
from streams.samples.calendar import DAY, MINUTE, SECOND, write_instant
from streams.samples.courses import Course, Fields, Step, known, told
from streams.samples.mistakes import Slips, another, earlier, later
from streams.samples.numbers import NumberPlan
from streams.samples.order_cases import Order, cancelled_orders, create, fulfil, july_orders, named_order
from streams.samples.period import JULY, LAST_NOTE, chance
from streams.samples.tickets import Subscriber, Ticket

TOPIC = "orders"

_SOURCE = "iom"
# Of the orders that have a number from the start, this share is for lines that have fault tickets too, before or after.
_LINES_WITH_FAULTS_SHARE = 0.12


def orders(tickets: Sequence[Ticket], plan: NumberPlan) -> list[Order]:
    """Return all orders, cancelled ones included, in the order of their creation."""
    random = chance("orders")
    july = july_orders(random)
    july += cancelled_orders(july, random)
    create(july, random)
    fulfil(july, chance("fulfilment"))
    result = sorted([*july, named_order()], key=lambda order: order.created_at)
    _give_numbers(july, tickets, plan, chance("order lines"))
    for number, order in enumerate(result, start=1):
        order.id = f"O{number:06}"
        if order.new_line:
            order.former_key = order.id
    return result


def courses(orders: Iterable[Order], plan: NumberPlan) -> list[Course]:
    """Return what is told of the `orders`, mistakes included."""
    random = chance("order courses")
    result = [_course(order, random) for order in orders]
    mistakes.make(mistakes.correctable(result, _SLIPS, JULY), _SLIPS, JULY, plan, chance("order mistakes"))
    return result


def _give_numbers(orders: Iterable[Order], tickets: Sequence[Ticket], plan: NumberPlan, random: Random) -> None:
    lines: defaultdict[tuple[str, str | None], list[Subscriber]] = defaultdict(list)
    for ticket in tickets:
        if ticket.final_status == "closed":
            lines[ticket.subscriber.branch, ticket.subscriber.brand].append(ticket.subscriber)
    for order in orders:
        with_faults = lines[order.branch, order.brand]
        if with_faults and not order.new_line and random.random() < _LINES_WITH_FAULTS_SHARE:
            order.number = random.choice(with_faults).number
        else:
            order.number = plan.local(order.branch)


def _course(order: Order, random: Random) -> Course:
    opening = {
        "id": order.id,
        "revision": 0,
        "updated_at": "",
        "source": _SOURCE,
        "subscriber": None if order.new_line else order.number,
        "branch": order.branch,
        "brand": order.brand,
        "created_at": write_instant(order.created_at),
        "promised_for": write_instant(order.promised_for),
        "reminders": 0,
    }
    steps = [step for step in sorted(_steps(order, random), key=lambda step: step[0]) if step[0] < LAST_NOTE]
    course = told(known(opening), steps, order.number)
    return _renamed(course, order) if order.former_key else course


def _renamed(course: Course, order: Order) -> Course:
    """Let the first revision be keyed by the former key, which all later ones name."""
    first, *others = course
    first.key = str(order.former_key)
    if not order.new_line:
        first.fields = first.fields | {"subscriber": order.former_key}
    for revision in others:
        revision.fields = revision.fields | {"subscriber": order.number, "was_subscriber": order.former_key}
    return course


def _steps(order: Order, random: Random) -> list[Step]:
    """Return what becomes known and when."""
    created = order.created_at // SECOND * SECOND + random.randrange(10, 120) * SECOND
    agreed = created + random.randrange(5, 45) * MINUTE
    steps: list[Step] = [(created, {"status": "acknowledged"})]
    news: Fields = {"status": "inProgress"}
    if order.appointed_at is not None:
        news["appointed_at"] = write_instant(order.appointed_at)
    steps.append((agreed, news))
    if order.final_status != "closed":
        return [*steps, (agreed + random.randrange(10, 24 * 60) * MINUTE, {"status": order.final_status})]
    steps += _holding(order, random)
    steps += [(at, {"reminders": count}) for count, at in enumerate(order.reminded_at, start=1)]
    if order.completed_at is not None:
        noted = max(at for at, _ in [*steps, (order.completed_at, {})]) // SECOND * SECOND
        done: Fields = {"status": "closed", "completed_at": write_instant(order.completed_at)}
        steps.append((noted + random.randrange(3, 60) * MINUTE, done))
    return steps


def _holding(order: Order, random: Random) -> list[Step]:
    """Return the steps of the holds; the last one may go on."""
    steps: list[Step] = []
    spans: list[Fields] = []
    for hold in order.holds:
        span: Fields = {"from": write_instant(hold.start), "to": None}
        steps.append((hold.start + random.randrange(5, 90) * SECOND, {"status": "held", "held": [*spans, span]}))
        spans.append(span | {"to": write_instant(hold.end)})
        steps.append((hold.end + random.randrange(5, 90) * SECOND, {"status": "inProgress", "held": [*spans]}))
    if order.still_held_since is not None:
        spans.append({"from": write_instant(order.still_held_since), "to": None})
        steps.append((order.still_held_since + random.randrange(5, 90) * SECOND, {"status": "held", "held": [*spans]}))
    return steps


def _begin_wrongly(fields: Fields, random: Random) -> Fields:
    choices: tuple[Fields, ...] = (
        {"brand": another([*printed.home_brands(), printed.HOME_ADSL], fields["brand"], random)},
        {"branch": another(printed.branches(), fields["branch"], random)},
        {"created_at": earlier(fields["created_at"], random)},
        {"appointed_at": fields["promised_for"]},
    )
    return random.choice(choices)


def _end_wrongly(right: Fields) -> Fields:
    return {"completed_at": later(right["completed_at"], 3 * DAY)}


_SLIPS = Slips(
    happened="created_at",
    ended="completed_at",
    wrong_key="id",
    begin_wrongly=_begin_wrongly,
    end_wrongly=_end_wrongly,
    corrected_courses=120,
    corrected_endings=40,
    late_notes=30,
    wrong_keys=4,
    changed_numbers=2,
)
