"""Who reports how often: the month's tickets and their lines, by constraint from the printed report.

Here a ticket gets its line, brand, branch, service and product. All that follows may draw at random, because the
printed counts of users and tickets are fixed here.
"""

from collections.abc import Iterable, Sequence
from random import Random

from streams.samples import printed
from streams.samples.calendar import shares
from streams.samples.tickets import BROADBAND, FIXED, KEY_PRODUCT, MOBILE, Subscriber, Ticket

# Of the lines that nothing is printed of, one ticket in twenty begins a series of 2 to 3.
_SERIES_PER_TICKET = 1 / 20
_TICKETS_PER_SERIES = 2.6
_LINES_KNOWN_FROM_JULY = 0.15
_CANCELLED_SHARE = 0.03
_LINES_OF_CANCELLED_KNOWN = 0.5
_NO_REAL_NUMBERS = ("无", "0", printed.report()["hotline"].rstrip("号"))


def home_tickets(random: Random) -> list[Ticket]:
    """Return the tickets of the family 我的E家; their service is chosen later, by `split_home_services`."""
    table = printed.report()["repeat_reports"]
    tickets: list[Ticket] = []
    for brand, count in table["faults"].items():
        rows = {branch: table[brand][branch][:2] for branch in printed.branches()}
        repeaters = sum(repeating for _, repeating in rows.values())
        singles = sum(reporting for reporting, _ in rows.values()) - repeaters
        series = iter(_series(repeaters, count - singles, random))
        for branch, (reporting, repeating) in rows.items():
            lengths = [1] * (reporting - repeating) + [next(series) for _ in range(repeating)]
            tickets += _reports(lengths, [branch] * reporting, brand, BROADBAND)
    return tickets


def split_home_services(tickets: Iterable[Ticket], random: Random) -> None:
    """Make the printed number of home tickets broadband and the others fixed; an outage's reports stay as they are."""
    tickets = list(tickets)
    broadband = printed.report()["broadband"]["restored_in_time"][printed.HOME_FAMILY][0]
    broadband -= sum(ticket.outage is not None and ticket.service == BROADBAND for ticket in tickets)
    free = [ticket for ticket in tickets if ticket.outage is None]
    random.shuffle(free)
    for index, ticket in enumerate(free):
        ticket.service = BROADBAND if index < broadband else FIXED


def other_broadband_tickets(random: Random) -> list[Ticket]:
    """Return the broadband tickets outside the home family."""
    table = printed.report()["broadband"]
    counts = {
        printed.HOME_ADSL: table["restored_in_time"][printed.HOME_ADSL][0],
        printed.BUSINESS_BROADBAND: table["other_broadband_reports"],
    }
    return [ticket for brand, count in counts.items() for ticket in _plain(count, brand, BROADBAND, random)]


def mobile_tickets(random: Random) -> list[Ticket]:
    """Return the month's mobile tickets, with the printed counts (not the printed rates) of repeat reporters."""
    tickets: list[Ticket] = []
    for brand, count in printed.mobile_tickets().items():
        reporting, repeating = printed.report()["mobile"]["repeat_reports"][brand]["counts"]
        singles = reporting - repeating
        lengths = [1] * singles + _series(repeating, count - singles, random)
        tickets += _reports(lengths, _branches(reporting, random), brand, MOBILE)
    return tickets


def key_product_tickets(random: Random) -> list[Ticket]:
    """Return the tickets of the key products: all nine have some, the first of the list most."""
    table = printed.report()["key_products"]
    products = table["products"]
    counts = shares(table["reports"], [1 / place for place in range(1, len(products) + 1)])
    tickets: list[Ticket] = []
    for product, count in zip(products, counts, strict=True):
        reports = _plain(count, None, KEY_PRODUCT, random)
        for ticket in reports:
            ticket.product = product
        tickets += reports
    return tickets


def previous_month_tickets(july: Sequence[Ticket], random: Random) -> list[Ticket]:
    """Return June's broadband and mobile tickets: July's mix of brands, some of them on lines that report in July."""
    tickets: list[Ticket] = []
    previous = {
        BROADBAND: printed.previous_broadband_tickets(),
        MOBILE: printed.report()["mobile"]["previous_month_reports"],
    }
    for service, count in previous.items():
        known = [ticket.subscriber for ticket in july if ticket.service == service]
        brands = sorted({subscriber.brand or "" for subscriber in known})
        counts = shares(count, [sum(line.brand == brand for line in known) for brand in brands])
        for brand, brand_count in zip(brands, counts, strict=True):
            again = int(brand_count * _LINES_KNOWN_FROM_JULY)
            lines = random.choices([line for line in known if line.brand == brand], k=again)
            tickets += [Ticket(subscriber=line, service=service) for line in lines]
            tickets += _plain(brand_count - again, brand, service, random)
    return tickets


def cancelled_tickets(july: Sequence[Ticket], random: Random) -> list[Ticket]:
    """Return tickets that come on top and end cancelled or rejected, half of them on lines that have valid ones.

    A few were keyed in without a real number.
    """
    tickets = [
        Ticket(
            subscriber=Subscriber(branch=printed.branches()[-1], brand=printed.HOME_ADSL, number=number),
            service=BROADBAND,
            final_status="cancelled",
        )
        for number in _NO_REAL_NUMBERS
    ]
    for like in random.sample(july, int(len(july) * _CANCELLED_SHARE)):
        line = like.subscriber
        if random.random() >= _LINES_OF_CANCELLED_KNOWN:
            line = Subscriber(branch=line.branch, brand=line.brand)
        status = random.choice(("cancelled", "cancelled", "rejected"))
        tickets.append(Ticket(subscriber=line, service=like.service, product=like.product, final_status=status))
    return tickets


def _plain(count: int, brand: str | None, service: str, random: Random) -> list[Ticket]:
    """Return `count` tickets of a brand of which only their number is printed."""
    repeaters = int(count * _SERIES_PER_TICKET)
    in_series = round(repeaters * _TICKETS_PER_SERIES)
    lengths = [1] * (count - in_series) + _series(repeaters, in_series, random)
    return _reports(lengths, _branches(len(lengths), random), brand, service)


def _series(repeaters: int, tickets: int, random: Random) -> list[int]:
    """Split `tickets` over `repeaters`, at least two each; a few lines get many."""
    if not repeaters:
        return []
    beyond_two = shares(tickets - 2 * repeaters, [random.expovariate(1) for _ in range(repeaters)])
    return [2 + more for more in beyond_two]


def _branches(count: int, random: Random) -> list[str]:
    weights = printed.reporters_by_branch()
    return random.choices(list(weights), list(weights.values()), k=count)


def _reports(lengths: Sequence[int], branches: Sequence[str], brand: str | None, service: str) -> list[Ticket]:
    """Return a line with as many tickets as each of `lengths` says, in the branch that stands beside it."""
    tickets: list[Ticket] = []
    for length, branch in zip(lengths, branches, strict=True):
        line = Subscriber(branch=branch, brand=brand)
        tickets += [Ticket(subscriber=line, service=service) for _ in range(length)]
    return tickets
