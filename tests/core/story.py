"""Makes up what systems send: tickets, complaints, orders, outages, with corrections, disorder, repeats, and junk."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random
from typing import Any

from streams.core.definitions import Definitions
from streams.core.known_outages import COPIES_TOPIC
from streams.core.months import DAY, HOUR, MINUTE, datetime_of, instant_of
from streams.core.outages.directory import Directory, Row
from tests.core import outage_story
from tests.core.model import COMPLAINTS, FAULTS, ORDERS, OUTAGES, Broker

NUMBERS = ("6620001", "6620002", "6630003", "6630004", "无")
SITES = ("S1", "S2")
DIRECTORY = (Row("6620002", "S1", None), Row("6630003", "S2", None), Row("6630004", None, "乐至"))
BEGUN = {FAULTS: "opened_at", COMPLAINTS: "received_at", ORDERS: "created_at", OUTAGES: "started_at"}
"""topic → the time that places an event in a month."""
DONE = {FAULTS: "restored_at", COMPLAINTS: "answered_at", ORDERS: "completed_at"}
DUE = {FAULTS: "due_at", COMPLAINTS: "due_at", ORDERS: "promised_for"}
JUNK = (b"", None, b"{", b"[]", b'{"id": 7}', b'{"id": "T", "revision": -1}', "{…}".encode())


def definitions(ledger_months: int, directory: Directory | None = None) -> Definitions:
    """Return small definitions with a family, a placeholder and two places."""
    return Definitions(
        families={"我的E家": ("E6", "E8")},
        prefixes={"662": "安岳", "663": "现业"},
        placeholders=frozenset(("无",)),
        branches=(),
        brands={},
        products=(),
        names={},
        served={},
        targets=(),
        escalated_channels=frozenset(("集团网站",)),
        aliases={"公客部": "公众客户部"},
        ledger_months=ledger_months,
        directory=directory,
    )


class Story:
    """The ticket systems: they know every ticket's newest state, and send it with the mistakes that systems make."""

    def __init__(self, random: Random, broker: Broker) -> None:
        self._random, self._broker = random, broker
        self._tickets: dict[str, dict[str, Any]] = {}
        self._topic_of: dict[str, str] = {}
        self._delayed: list[dict[str, Any]] = []

    def go_on(self, now: int) -> None:
        """Send one message, or hold one back for later."""
        acts = {
            self._report: 34, self._declare: 8, self._revise: 34, self._repeat: 10, self._delay: 8, self._release: 8,
            self._contradict: 4, self._err: 6,
        }  # fmt: skip
        (act,) = self._random.choices(list(acts), list(acts.values()))
        act(now)

    def _report(self, now: int) -> None:
        random = self._random
        opened = now - random.choice(
            (random.randrange(2 * HOUR), random.randrange(20 * DAY), random.randrange(75 * DAY))
        )
        topic = random.choice((FAULTS, FAULTS, FAULTS, COMPLAINTS, ORDERS))
        if topic != ORDERS and random.random() < 0.6:
            opened = outage_story.report_time(random, self._of(OUTAGES), now) or opened
        ticket: dict[str, Any] = {
            "id": f"T{len(self._tickets)}",
            "revision": random.choice((0, 0, 1)),
            "subscriber": random.choice(NUMBERS),
            BEGUN[topic]: opened,
        }
        if topic == FAULTS:
            ticket["service"] = random.choice(("broadband", "fixed"))
            ticket["site"] = random.choice((None, None, *SITES))
            self._follow_an_order(ticket, now)
        elif topic == ORDERS:
            self._appoint(ticket)
        self._begin(topic, ticket, now)

    def _appoint(self, order: dict[str, Any]) -> None:
        random, created = self._random, order["created_at"]
        if random.random() < 0.3:
            del order["subscriber"]
        order["appointed_at"], order["promised_for"] = created, created + random.randrange(60 * DAY)
        if random.random() < 0.5:
            order["completed_at"] = created + random.randrange(20 * DAY)

    def _declare(self, now: int) -> None:
        self._begin(OUTAGES, outage_story.declared(self._random, f"O{len(self._tickets)}", now), now)

    def _begin(self, topic: str, ticket: dict[str, Any], now: int) -> None:
        self._topic_of[ticket["id"]] = topic
        self._tickets[ticket["id"]] = ticket
        self._send(ticket, now)

    def _of(self, topic: str) -> list[dict[str, Any]]:
        return [ticket for identity, ticket in self._tickets.items() if self._topic_of[identity] == topic]

    def _follow_an_order(self, ticket: dict[str, Any], now: int) -> None:
        """Let every third fault come soon after a completed order of its number."""
        done = [one for one in self._tickets.values() if one.get("completed_at") and one.get("subscriber")]
        if done and self._random.random() < 0.3:
            order = self._random.choice(done)
            later = self._random.choice((0, 1, 15 * DAY, 15 * DAY + 1, self._random.randrange(20 * DAY)))
            ticket["subscriber"], ticket["opened_at"] = order["subscriber"], min(now, order["completed_at"] + later)

    def _revise(self, now: int) -> None:
        if self._tickets:
            ticket = self._random.choice(list(self._tickets.values()))
            self._change(ticket, now)
            self._send(ticket, now)

    def _change(self, ticket: dict[str, Any], now: int) -> None:
        random, topic = self._random, self._topic_of[ticket["id"]]
        if topic == OUTAGES:
            outage_story.change(random, ticket, now)
            return
        ticket["revision"] += 1
        ticket.pop("was_subscriber", None)
        begun, done = BEGUN[topic], DONE[topic]
        opened = ticket[begun]
        what = random.choice(
            ("restore", "restore", "cancel", "brand", "move", "move", "number", "due", "hold", "cause")
        )
        if what == "restore":
            ticket[done] = opened + random.choice((0, random.randrange(DAY), random.randrange(40 * DAY)))
        elif what == "cancel":
            ticket["status"] = random.choice(("cancelled", "rejected", "resolved"))
        elif what == "brand":
            ticket["brand"] = random.choice(("E6", "E8", "ADSL", None))
        elif what == "move":
            ticket[begun] = min(now, opened + random.choice((-1, 1)) * random.randrange(random.choice((2, 40)) * DAY))
            if ticket.get(done) is not None:
                ticket[done] = max(ticket[done], ticket[begun])
        elif what == "number":
            ticket["was_subscriber"], ticket["subscriber"] = _key(ticket), random.choice(NUMBERS)
        elif what == "due":
            ticket[DUE[topic]] = opened + random.randrange(5 * DAY)
        elif what == "hold":
            start = opened + random.randrange(-HOUR, 2 * DAY)
            ticket["held"] = [(start, random.choice((None, start, start + random.randrange(3 * DAY))))]
        else:
            ticket["cause_class"] = random.choice(("unknown", "other", "network"))

    def _repeat(self, now: int) -> None:
        logs = [log for (topic, _), log in self._broker.logs.items() if topic in BEGUN and log.messages]
        if logs:
            log = self._random.choice(logs)
            message = self._random.choice(log.messages)
            log.append(message.key, message.value, self._broker.timestamp_ms)

    def _delay(self, now: int) -> None:
        if self._tickets:
            ticket = self._random.choice(list(self._tickets.values()))
            self._delayed.append(dict(ticket))
            self._change(ticket, now)
            self._delayed.append(dict(ticket))
            self._random.shuffle(self._delayed)

    def _release(self, now: int) -> None:
        if self._delayed:
            self._send(self._delayed.pop(), now)

    def _contradict(self, now: int) -> None:
        """Send another state under a revision that was used already."""
        if self._tickets:
            ticket = dict(self._random.choice(list(self._tickets.values())))
            if "scope" in ticket:
                ticket["scope"] = outage_story.scope(self._random)
            else:
                ticket["symptom"] = self._random.choice(("no dial tone", "slow"))
            self._send(ticket, now)

    def _err(self, now: int) -> None:
        random = self._random
        key = random.choice(NUMBERS).encode()
        number = random.randrange(self._broker.partitions)
        if random.random() < 0.4:
            topic = random.choice((*BEGUN, COPIES_TOPIC))
            self._broker.logs[topic, number].append(key, random.choice(JUNK), self._broker.timestamp_ms)
        elif self._tickets:
            ticket = dict(random.choice(list(self._tickets.values())))
            topic = self._topic_of[ticket["id"]]
            if random.random() < 0.3:
                ticket[BEGUN[topic]] = self._broker.timestamp_ms * 1_000 + 2 * DAY
            value = encode(ticket, now)
            self._broker.logs[topic, number].append(random.choice((key, None)), value, self._broker.timestamp_ms)

    def _send(self, ticket: dict[str, Any], now: int) -> None:
        key = _key(ticket).encode()
        log = self._broker.logs[self._topic_of[ticket["id"]], self._broker.partition_of(key)]
        log.append(key, encode(ticket, now), self._broker.timestamp_ms)


def _key(ticket: dict[str, Any]) -> str:
    return str(ticket.get("subscriber", ticket["id"]))


def encode(ticket: dict[str, Any], now: int) -> bytes:
    """Return a ticket as its system words it; instants (microseconds) become date-times."""
    document = {**ticket, "updated_at": written(now // MINUTE * MINUTE)}
    for name in {*BEGUN.values(), *DONE.values(), *DUE.values(), "appointed_at"}:
        if document.get(name) is not None:
            document[name] = written(document[name])
    document["held"] = [{"from": written(start), "to": end and written(end)} for start, end in document.get("held", ())]
    return json.dumps(document, ensure_ascii=False).encode()


def written(moment: int) -> str:
    """Return an instant as RFC 3339."""
    return datetime_of(moment).isoformat()


def instant(text: str) -> int:
    """Return the instant that RFC 3339 text names."""
    return instant_of(datetime.fromisoformat(text))
