"""A seeded storm: ten exchanges fail at once, the town rings up, and the network centre learns bit by bit what is out.

Ten minutes of it hold the burst; they can be told at any pace. After a minute the outage is declared with six
exchanges, twice it is widened, a part comes back, then all of it, and at last the tickets are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal, NamedTuple

import msgspec

from streams.samples.calendar import HOUR, write_instant
from streams.samples.lines import Line

TICKETS = 5_000
BRANCH, ELSEWHERE = "现业", "简阳"
EXCHANGES = ("612", "613", "616", "618", "622", "623", "633", "637", "652", "663")
EXCHANGES_ELSEWHERE = ("712", "722", "723", "732", "765")
LINES_IN_EXCHANGE = 10_000

PEAK_SHARE, PEAK_FROM, PEAK_UNTIL = 0.4, 1 / 6, 1 / 2
"""So many of the tickets come between these minutes: of 5,000 in ten minutes a hundred a second."""
AGAIN_SHARE, COMPLAINTS_SHARE, ELSEWHERE_SHARE = 0.03, 0.05, 0.001
"""Of the tickets: those of lines that report again; on top of them complaints, and tickets of lines that are well."""
CLOSING_FROM, CLOSING_UNTIL = 11.0, 13.0

What = Literal["ticket", "complaint", "closing", "notice"]


class Notice(NamedTuple):
    """What the network centre says at a minute of the storm: which exchanges are out, how many users came back."""

    minute: float
    exchanges: int
    users_back: int = 0
    over: bool = False

    def users_out(self) -> int:
        """Return how many users have no service by this."""
        return 0 if self.over else self.exchanges * LINES_IN_EXCHANGE - self.users_back


NOTICES = (
    Notice(1.0, exchanges=6),
    Notice(3.0, exchanges=8),
    Notice(5.0, exchanges=10),
    Notice(8.0, exchanges=10, users_back=40_000),
    Notice(10.5, exchanges=10, users_back=40_000, over=True),
)
NAMED_BY_SITE = 2
"""The scope names the last so many exchanges by their sites, the others by their prefixes."""


class Told(NamedTuple):
    """A message of the storm. `notice` is the number of a notice; of a report, that of the first which covers it."""

    line: Line
    what: What
    notice: int | None = None


def storm(began: int, length: int, tickets: int = TICKETS) -> list[Told]:
    """Return the messages in order: a storm from the instant `began`, whose ten minutes take `length` microseconds."""
    return sorted(_Storm(began, length).told(tickets), key=lambda told: told.line.at)


def directory() -> Iterator[tuple[str, str, str]]:
    """Yield number, site and branch of the lines in service: 100,000 that are out, and 50,000 elsewhere."""
    for branch, exchanges in ((BRANCH, EXCHANGES), (ELSEWHERE, EXCHANGES_ELSEWHERE)):
        for exchange in exchanges:
            for number in range(LINES_IN_EXCHANGE):
                yield f"{exchange}{number:04}", _site(exchange), branch


def outage_id(began: int) -> str:
    """Return the id that the network centre gives the outage."""
    return f"QZ-{write_instant(began)[:10].replace('-', '')}-STORM"


class _Storm:
    def __init__(self, began: int, length: int) -> None:
        self._began, self._minute = began, length / 10
        self._random = Random("storm")

    def told(self, tickets: int) -> Iterator[Told]:
        again = round(tickets * AGAIN_SHARE)
        lines = self._random.sample(range(len(EXCHANGES) * LINES_IN_EXCHANGE), tickets - again)
        lines += self._random.sample(lines, again)
        for number, line in enumerate(lines):
            yield from self._ticket(number, _number(EXCHANGES, line), BRANCH, _first_notice(line))
        for number in range(round(tickets * COMPLAINTS_SHARE)):
            line = self._random.choice((self._random.choice(lines), self._random.randrange(len(EXCHANGES) * 10_000)))
            yield self._complaint(number, _number(EXCHANGES, line), _first_notice(line))
        for number in range(round(tickets * ELSEWHERE_SHARE)):
            line = self._random.randrange(len(EXCHANGES_ELSEWHERE) * LINES_IN_EXCHANGE)
            yield from self._ticket(tickets + number, _number(EXCHANGES_ELSEWHERE, line), ELSEWHERE, None)
        for number in range(len(NOTICES)):
            yield self._notice(number)

    def _ticket(self, number: int, subscriber: str, branch: str, notice: int | None) -> Iterator[Told]:
        """Yield a ticket as it is opened, and as it is closed after the storm."""
        is_peak = self._random.random() < PEAK_SHARE
        at = self._at(self._random.uniform(PEAK_FROM, PEAK_UNTIL) if is_peak else self._random.uniform(PEAK_UNTIL, 10))
        fields = {
            "id": f"ST{number:06}",
            "revision": 0,
            "updated_at": write_instant(at),
            "source": "ngcc",
            "branch": branch,
            "subscriber": subscriber,
            "opened_at": write_instant(at),
            "service": self._random.choice(("fixed", "broadband")),
            "brand": self._random.choice(("E6", "E8")),
            "symptom": self._random.choice(("无拨号音", "无法上网", "错误678")),
            "status": "acknowledged",
        }
        yield Told(_line("faults", subscriber, fields, at), "ticket", notice)
        closed_at = self._at(self._random.uniform(CLOSING_FROM, CLOSING_UNTIL))
        fields |= {"revision": 1, "updated_at": write_instant(closed_at), "status": "closed"}
        fields |= {"restored_at": write_instant(closed_at), "cause": "局内设备", "cause_class": "network"}
        yield Told(_line("faults", subscriber, fields, closed_at), "closing")

    def _complaint(self, number: int, subscriber: str, notice: int) -> Told:
        at = self._at(self._random.uniform(PEAK_FROM, 10))
        fields = {
            "id": f"SC{number:06}",
            "revision": 0,
            "updated_at": write_instant(at),
            "source": "ngcc",
            "branch": BRANCH,
            "subscriber": subscriber,
            "received_at": write_instant(at),
            "channel": "10000号",
            "category": "固话宽带障碍",
            "network_fault": True,
            "status": "acknowledged",
        }
        return Told(_line("complaints", subscriber, fields, at), "complaint", notice)

    def _notice(self, number: int) -> Told:
        notice, at, key = NOTICES[number], self._at(NOTICES[number].minute), outage_id(self._began)
        steps = [self._step(other) for other in NOTICES[: number + 1] if other.users_back and not other.over]
        fields: dict[str, object] = {
            "id": key,
            "revision": number,
            "updated_at": write_instant(at),
            "source": "noc",
            "branch": BRANCH,
            "started_at": write_instant(self._began),
            "expected_at": write_instant(self._began + 4 * HOUR),
            "scope": _scope(notice.exchanges),
            "services": ["fixed", "broadband"],
            "owner": "现业公众客户部",
            "steps": steps,
            "status": "confirmed",
        }
        if notice.over:
            fields |= {"status": "restored", "restored_at": write_instant(at), "cause": "局内设备"}
        return Told(_line("outages", key, fields, at), "notice", number)

    def _step(self, notice: Notice) -> dict[str, object]:
        return {"at": write_instant(self._at(notice.minute)), "users": notice.users_back}

    def _at(self, minute: float) -> int:
        """Return the instant of a minute of the storm."""
        return self._began + round(minute * self._minute)


def _line(topic: str, key: str, fields: dict[str, object], at: int) -> Line:
    return Line(topic, key.encode(), msgspec.json.encode(fields), at)


def _number(exchanges: tuple[str, ...], line: int) -> str:
    exchange, number = divmod(line, LINES_IN_EXCHANGE)
    return f"{exchanges[exchange]}{number:04}"


def _first_notice(line: int) -> int:
    """Return the number of the first notice that covers a line which is out."""
    exchange = line // LINES_IN_EXCHANGE
    return next(number for number, notice in enumerate(NOTICES) if exchange < notice.exchanges)


def _scope(exchanges: int) -> dict[str, object]:
    by_prefix = len(EXCHANGES) - NAMED_BY_SITE
    scope: dict[str, object] = {"prefixes": list(EXCHANGES[: min(exchanges, by_prefix)])}
    if exchanges > by_prefix:
        scope["sites"] = [_site(exchange) for exchange in EXCHANGES[by_prefix:exchanges]]
    return scope


def _site(exchange: str) -> str:
    return f"{exchange}机房"
