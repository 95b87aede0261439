"""A whole installation in memory: logs, one owner per partition, a reader of their tallies; and tickets to feed it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from streams.core.contributions import chapters_for
from streams.core.contributions.detection import SIGNALS_TOPIC
from streams.core.definitions import Definitions, Target
from streams.core.events import READERS, SOURCE_TOPICS
from streams.core.events.context import CONTEXT_TOPIC, Tick, write_context
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import HEAD_KEY
from streams.core.known_outages import COPIES_TOPIC
from streams.core.letters import Message
from streams.core.merged import MergedTallies
from streams.core.months import Calendar
from streams.core.partition import READ_TOPICS, Partition
from streams.core.recount import Recounter
from streams.core.rounds import Headers, Outgoing, Round
from streams.core.takeover import Takeover

ZONE = ZoneInfo("Asia/Shanghai")
FAULTS = "faults"
RECEIVED_MS = 1_790_000_000_000

DEFINITIONS = Definitions(
    families={"我的E家": ("E6", "E8")},
    prefixes={"6": "现业", "7": "简阳"},
    placeholders=frozenset(("无", "0")),
    branches=("现业", "简阳"),
    brands={"fixed": ("E6", "E8"), "broadband": ("E6", "E8", "普通ADSL"), "mobile": ("彩信",)},
    products=("全球眼",),
    names={},
    served={"现业": 2000, "简阳": 1000},
    targets=(
        Target(
            indicator="repeat_report_rate",
            labels={"brand": "E8"},
            tier="province",
            ratio="0.08",
            valid_from=date(2009, 1, 1),
        ),
        Target(
            indicator="repeat_report_rate",
            labels={"brand": "E8"},
            tier="city",
            ratio="0.05",
            valid_from=date(2009, 1, 1),
        ),
        Target(
            indicator="timely_restoration_rate",
            labels={"service": "broadband", "family": "我的E家"},
            tier="province",
            ratio="0.95",
            valid_from=date(2009, 1, 1),
        ),
        Target(
            indicator="timely_restoration_rate",
            labels={"service": "broadband", "brand": "普通ADSL"},
            tier="province",
            ratio="0.95",
            valid_from=date(2009, 1, 1),
        ),
    ),
)


def at(text: str) -> datetime:
    """Return a moment of town time, written "2009-07-31 23:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def ticket(identity: str, subscriber: str, opened_at: datetime, **fields: Any) -> dict[str, Any]:
    """Return a fault ticket as a message says it; times may be given as date-times."""
    content = {"id": identity, "revision": 0, "updated_at": opened_at, "subscriber": subscriber, "opened_at": opened_at}
    content |= {"service": "broadband", **fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def outage(identity: str, started_at: datetime, revision: int = 0, **scope: Any) -> dict[str, Any]:
    """Return a revision of an outage that is not over, as a message says it; `scope`: prefixes, ranges, sites."""
    started = started_at.isoformat()
    return {"id": identity, "revision": revision, "updated_at": started, "started_at": started, "scope": scope}


class Installation:
    """Topics of `partitions` partitions, each with an owner that counts, and a reader that merges."""

    def __init__(self, partitions: int = 3, definitions: Definitions = DEFINITIONS, *, detects: bool = True) -> None:
        """Take how many partitions there are and what they count by; `detects`: one of them watches for outages."""
        self.definitions = definitions
        self.chapters = chapters_for(definitions)
        self.partitions = partitions
        self.logs: dict[tuple[str, int], list[Message]] = {
            (topic, number): [] for topic in (*FOLDED_TOPICS, SIGNALS_TOPIC) for number in range(partitions)
        }
        self.tallies = MergedTallies(Calendar(definitions.timezone))
        self.rounds: list[Round] = []
        self.owners = [
            Partition(
                number,
                definitions,
                self.chapters,
                self.partition_of,
                Takeover(),
                partitions=partitions,
                wall_clock=False,
            )
            for number in range(partitions)
        ]
        for owner in self.owners:
            if not detects:
                owner._watch = None
        self._read = dict.fromkeys(self.logs, 0)
        self._ticks = 0
        for owner in self.owners:
            for topic in READ_TOPICS:
                owner.receive(topic, [], 0, 0)

    def partition_of(self, key: bytes) -> int:
        """Return where a key belongs."""
        return zlib.crc32(key) % self.partitions

    def send(self, values: Iterable[Mapping[str, Any] | bytes], key: str | None = None, topic: str = FAULTS) -> None:
        """Write messages to a topic: an event under its own key, or under `key`; bytes as they stand."""
        for value in values:
            content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
            if key is not None:
                own_key = key
            elif isinstance(value, bytes):
                own_key = "unknown"
            else:
                own_key = READERS[topic].read(content).key()
            self.append(own_key.encode(), content, topic=topic)

    def append(self, key: bytes, value: bytes | None, headers: Headers = (), topic: str = FAULTS) -> None:
        """Write one message to a topic, as it stands."""
        log = self.logs[topic, self.partition_of(key)]
        log.append(Message(len(log), key, value, RECEIVED_MS, headers))

    def count(self, now: datetime | None = None) -> None:
        """Let the owners read everything, their own side effects too, and then tell them that it is `now`."""
        self._deliver()
        while any(self._read[place] < len(log) for place, log in self.logs.items()):
            self._deliver()
        if now is not None:
            self._ticks += 1
            message = Message(self._ticks - 1, None, write_context(Tick(at=now)), RECEIVED_MS, ())
            for owner in self.owners:
                owner.receive(CONTEXT_TOPIC, [message], self._ticks, self._ticks)
                self._publish(owner)

    def _deliver(self) -> None:
        for (topic, number), log in self.logs.items():
            batch = log[self._read[topic, number] :]
            self._read[topic, number] = len(log)
            self.owners[number].receive(topic, batch, len(log), len(log))
        for owner in self.owners:
            self._publish(owner)

    def _publish(self, owner: Partition) -> None:
        a_round = owner.take_round()
        if a_round is None:
            return
        self.rounds.append(a_round)
        for effect in a_round.side_effects:
            if effect.topic in SOURCE_TOPICS:
                assert effect.key is not None
                self.append(effect.key, effect.value, effect.headers, effect.topic)
            elif effect.topic in (COPIES_TOPIC, SIGNALS_TOPIC):
                assert effect.partition is not None
                log = self.logs[effect.topic, effect.partition]
                log.append(Message(len(log), effect.key, effect.value, RECEIVED_MS, ()))
        for record in records_of(a_round):
            assert record.key is not None
            self.tallies.read(owner.number, record.key, record.value)

    def recounter(self, partition: int, month: str) -> Recounter:
        """Return a recount of a month of a partition that has taken in its log."""
        head = self.tallies.heads[partition]
        recounter = Recounter(partition, head, month, self.definitions, self.chapters, self.partition_of)
        for topic in FOLDED_TOPICS:
            recounter.take(topic, self.logs[topic, partition])
        return recounter

    def messages(self) -> Iterator[tuple[str, bytes | None, bytes | None]]:
        """Yield what was sent from outside, as the oracle takes it."""
        for (topic, _), log in self.logs.items():
            if topic not in SOURCE_TOPICS:
                continue
            yield from ((topic, message.key, message.value) for message in log if not message.headers)


def records_of(a_round: Round) -> list[Outgoing]:
    """Return the tally records of a round, the head last."""
    assert a_round.head.key == HEAD_KEY
    return [*a_round.tallies, a_round.head]


def generated(seed: int, tickets: int, first: datetime, days: int) -> list[dict[str, Any] | bytes]:
    """Return messages about `tickets` tickets, in disorder, with repeats, corrections, cancellations and rubbish."""
    random = Random(seed)
    messages: list[dict[str, Any] | bytes] = [b"{", b'{"id": "x"}', b"[]"]
    for number in range(tickets):
        revisions = list(_revisions(random, number, first + timedelta(minutes=random.randrange(days * 1440))))
        messages += revisions
        if random.random() < 0.1:
            messages.append(random.choice(revisions))
    random.shuffle(messages)
    return messages


def _revisions(random: Random, number: int, opened_at: datetime) -> Iterator[dict[str, Any]]:
    service = random.choice(["broadband", "broadband", "fixed", "mobile", "key_product"])
    subscriber = random.choice(["6", "7", "9"]) + f"{random.randrange(40):06}" if random.random() < 0.95 else "无"
    fields: dict[str, Any] = {
        "service": service,
        "brand": random.choice(["E6", "E8", "普通ADSL", "没听说过", None]),
        "product": "全球眼" if service == "key_product" else None,
        "branch": random.choice([None, None, "简阳", "现业"]),
        "symptom": random.choice(["网速低", "无拨号音", None]),
        "cause": random.choice(["查中自复", "光电转换器故障", None]),
        "cause_class": random.choice(["network", "unknown", "other", None]),
        "preprocessed": random.choice([True, False, None]),
    }
    yield ticket(f"T{number}", subscriber, opened_at, **fields | {"brand": "E6"})
    if random.random() < 0.8:
        fields["restored_at"] = opened_at + timedelta(
            seconds=random.randrange(72 * 3600), milliseconds=random.randrange(1000)
        )
    if random.random() < 0.2:
        fields["held"] = [
            {"from": (opened_at + timedelta(hours=2)).isoformat(), "to": (opened_at + timedelta(hours=9)).isoformat()}
        ]
    if random.random() < 0.1:
        fields["status"] = random.choice(["cancelled", "rejected"])
    yield ticket(f"T{number}", subscriber, opened_at, revision=1, **fields)
