"""The course of a fault ticket: what its system knows of it, step by step."""

from random import Random

from streams.samples.calendar import HOUR, MINUTE, SECOND, write_instant
from streams.samples.courses import Course, Fields, Revision, Step
from streams.samples.tickets import BROADBAND, FIXED, KEY_PRODUCT, MOBILE, Ticket

# The four ticket systems, and the share each has of a service's tickets. Their habits differ: 112 (line testing)
# writes UTC and leaves out the branch, iom writes null for what it does not know, the other two leave it out.
_HOTLINE = "ngcc"
_LINE_TESTING = "112"
_WORK_ORDERS = "iom"
_KEY_ACCOUNTS = "key-accounts"
_SOURCES = {
    FIXED: {_HOTLINE: 60, _LINE_TESTING: 15, _WORK_ORDERS: 25},
    BROADBAND: {_HOTLINE: 60, _LINE_TESTING: 15, _WORK_ORDERS: 25},
    MOBILE: {_HOTLINE: 80, _WORK_ORDERS: 20},
    KEY_PRODUCT: {_KEY_ACCOUNTS: 100},
}
_ID_LETTERS = {_HOTLINE: "N", _LINE_TESTING: "L", _WORK_ORDERS: "W", _KEY_ACCOUNTS: "K"}
_CATEGORIES = {FIXED: "固话障碍", BROADBAND: "宽带障碍", MOBILE: "移动障碍", KEY_PRODUCT: "重点产品障碍"}
_SOMETIMES_NULL = ("brand", "due_at", "cause", "cause_class", "restored_at", "closed_at", "site")
_QUICK = 20 * MINUTE


def register(ticket: Ticket, number: int, random: Random) -> None:
    """Choose the system that a ticket is kept in, and give it an id from the running `number`."""
    weights = _SOURCES[ticket.service]
    ticket.source = random.choices(list(weights), list(weights.values()))[0]
    ticket.id = f"{_ID_LETTERS[ticket.source]}{number:06}"


def revisions(ticket: Ticket, random: Random) -> Course:
    """Return the revisions of a ticket, oldest first; `updated_at` rises from one to the next."""
    utc = ticket.source == _LINE_TESTING
    state = _opening(ticket, utc)
    result = Course()
    for number, (updated_at, news) in enumerate(_steps(ticket, utc, random)):
        state = state | news | {"revision": number}
        result.append(Revision(key=ticket.subscriber.number, fields=state, updated_at=updated_at, utc=utc))
    return result


def _opening(ticket: Ticket, utc: bool) -> Fields:
    known: Fields = {
        "id": ticket.id,
        "revision": 0,
        "updated_at": "",
        "source": ticket.source,
        "subscriber": ticket.subscriber.number,
        "branch": None if ticket.source == _LINE_TESTING else ticket.subscriber.branch,
        "opened_at": write_instant(ticket.opened_at, utc=utc),
        "service": ticket.service,
        "brand": ticket.subscriber.brand,
        "product": ticket.product,
        "category": _CATEGORIES[ticket.service],
        "symptom": ticket.symptom,
        "due_at": None if ticket.due_at is None else write_instant(ticket.due_at, utc=utc),
        "vip": ticket.vip,
        "site": ticket.outage.site if ticket.outage else None,
    }
    nulls = _SOMETIMES_NULL if ticket.source == _WORK_ORDERS else ()
    return {name: known.get(name) for name in (*known, *nulls) if known.get(name) is not None or name in nulls}


def _steps(ticket: Ticket, utc: bool, random: Random) -> list[Step]:
    """Return what becomes known and when."""
    registered = ticket.opened_at // SECOND * SECOND + random.randrange(20, 180) * SECOND
    steps: list[Step] = [(registered, {"status": "acknowledged"})]
    if not ticket.preprocessed and ticket.restored_at - ticket.opened_at > _QUICK:
        steps.append((registered + random.randrange(2, 15) * MINUTE, {"status": "inProgress"}))
    for hold in ticket.holds:
        span = {"from": write_instant(hold.start, utc=utc), "to": None}
        steps.append((hold.start + random.randrange(5, 90) * SECOND, {"status": "held", "held": [span]}))
        ended = span | {"to": write_instant(hold.end, utc=utc)}
        steps.append((hold.end + random.randrange(5, 90) * SECOND, {"status": "inProgress", "held": [ended]}))
    if ticket.final_status != "closed":
        return [*steps, (steps[-1][0] + random.randrange(3, 60) * MINUTE, {"status": ticket.final_status})]
    return steps + _ending(ticket, max(steps[-1][0], ticket.restored_at), utc, random)


def _ending(ticket: Ticket, after: int, utc: bool, random: Random) -> list[Step]:
    """Return the steps from the restoration on; half of the dispatched tickets are closed in the same breath."""
    noted_at = after // SECOND * SECOND + random.randrange(30, 600) * SECOND
    result: Fields = {
        "status": "resolved",
        "restored_at": write_instant(ticket.restored_at, utc=utc),
        "cause": ticket.cause,
        "cause_class": ticket.cause_class,
        "preprocessed": ticket.preprocessed,
    }
    if not ticket.preprocessed and random.random() < 0.5:
        return [(noted_at, result | _closed(noted_at, utc))]
    closed_at = noted_at + _later(random)
    return [(noted_at, result), (closed_at, _closed(closed_at, utc))]


def _closed(at: int, utc: bool) -> Fields:
    return {"status": "closed", "closed_at": write_instant(at, utc=utc)}


def _later(random: Random) -> int:
    return random.randrange(5, 4 * HOUR // MINUTE) * MINUTE
