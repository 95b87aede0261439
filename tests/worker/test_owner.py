"""The owner of partitions: what it takes in, when it sends, what it leaves behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from aiokafka import TopicPartition

from streams.core.head import read_head
from streams.core.months import SECOND, datetime_of
from streams.core.partition import READ_TOPICS
from streams.core.rounds import Round
from streams.definitions import load
from streams.kafka.client import EMBEDDED_CLUSTER_PREFIX, Connection
from streams.kafka.identity import LogIdentity
from streams.kafka.placing import partition_of
from streams.kafka.topics import CONTEXT, FAULTS
from streams.settings import Settings
from streams.worker import owner as worker_owner
from streams.worker.ending import Ending
from streams.worker.outbox import OutboxError
from streams.worker.owner import Owner
from streams.worker.transport import Batch
from tests.worker.conftest import Ended

NOW = 1_246_000_000 * SECOND
SUBSCRIBER = "6332827"
HOME = partition_of(SUBSCRIBER.encode(), 12)
"""The partition of the subscriber whose tickets these are."""
OTHER = (HOME + 1) % 12
IDENTITY = LogIdentity("cluster", {"faults": "a"})


class Sent:
    """An outbox that remembers what it was given, in order."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.rounds: list[Round] = []
        self.error: OutboxError | None = None
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def open(self, partition: int) -> None:
        """Remember who was opened."""
        self.events.append(f"open {partition}")

    async def send(self, a_round: Round) -> None:
        """Remember a round, or fail."""
        await self.may_go_on.wait()
        if self.error is not None:
            raise self.error
        self.events.append(f"send {a_round.partition}")
        self.rounds.append(a_round)

    async def close(self, partition: int) -> None:
        """Remember who was closed."""
        self.events.append(f"close {partition}")

    async def close_all(self) -> None:
        """Remember that all were closed."""
        self.events.append("close all")


class World:
    """An owner, and a broker that holds the tallies which it sent."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *, clock: str, cluster: str) -> None:
        self.identity = IDENTITY
        settings = Settings.from_environment({"STREAMS_DATA_DIR": str(folder), "STREAMS_CLOCK": clock})
        definitions = load(settings.definitions_dir, timezone=settings.timezone, ledger_months=settings.ledger_months)
        self.outbox = Sent()
        self.now = NOW
        monkeypatch.setattr(worker_owner, "log_identity", self._identity)
        monkeypatch.setattr(worker_owner, "read_to_end", self._tallies)
        connection = Connection(bootstrap="nowhere:1")
        identity = msgspec.structs.replace(IDENTITY, cluster=cluster)
        self.identity = identity
        self.owner = Owner(settings, definitions, connection, identity, self.outbox, now=lambda: self.now)

    async def _identity(self, *_: object) -> LogIdentity:
        return self.identity

    async def _tallies(self, _: Connection, starts: dict[TopicPartition, None], **__: object) -> Any:
        places = {place.partition: place for place in starts}
        for a_round in self.outbox.rounds:
            if a_round.partition in places:
                yield places[a_round.partition], [*a_round.tallies, a_round.head]

    async def settled(self, *numbers: int) -> Owner:
        """Give the owner partitions without a message in them."""
        await self.owner.assigned(set(numbers))
        for number in numbers:
            for topic in READ_TOPICS:
                self.owner.receive(topic, number, Batch(0, [], 0, 0))
        assert self.owner.settled()
        return self.owner


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with transactions, whose ticks are the log's."""
    return World(tmp_path, monkeypatch, clock="log", cluster="cluster")


def a_ticket(offset: int) -> Any:
    """Return the record of a readable ticket."""
    moment = datetime_of(NOW).isoformat()
    fields = {
        "id": f"t{offset}",
        "revision": 0,
        "updated_at": moment,
        "subscriber": SUBSCRIBER,
        "opened_at": moment,
        "service": "fixed",
    }
    return SimpleNamespace(
        offset=offset, key=SUBSCRIBER.encode(), value=msgspec.json.encode(fields), timestamp=NOW // 1_000, headers=()
    )


def applied(a_round: Round) -> dict[str, int]:
    """Return up to where a round's head goes."""
    assert a_round.head.value is not None
    return read_head(a_round.head.value).applied


async def test_a_batch_of_a_partition_that_went_away_is_let_go_of(world: World) -> None:
    """Its next owner reads it."""
    owner = await world.settled(1)
    assert owner.receive(FAULTS, 2, Batch(0, [a_ticket(0)], 1, 1)) is None


async def test_a_batch_that_leaves_records_out_ends_the_process(world: World) -> None:
    """Nothing may be folded behind a gap."""
    owner = await world.settled(1)
    with pytest.raises(Ended) as ended:
        owner.receive(FAULTS, 1, Batch(5, [a_ticket(5)], 6, 6))
    assert ended.value.reason is Ending.GAP


async def test_records_that_come_twice_are_taken_in_once(world: World) -> None:
    """A batch may begin before where the partition stands; what is folded is skipped."""
    owner = await world.settled(1)
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0), a_ticket(1)], 2, 2))
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0), a_ticket(1), a_ticket(2)], 3, 3))
    assert sum(owner.partitions[1].outcomes.values()) == 3


async def test_nothing_is_sent_between_revocation_and_assignment(world: World) -> None:
    """The next owner must not be met in the middle of a round; what stays ours is sent afterwards."""
    owner = await world.settled(1)
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0)], 1, 1))
    await owner.revoked()
    await owner.send_rounds()
    assert world.outbox.rounds == []
    await owner.assigned({1})
    await owner.send_rounds()
    assert [applied(a_round)[FAULTS] for a_round in world.outbox.rounds] == [1]


async def test_what_stays_ours_is_neither_closed_nor_opened_anew(world: World) -> None:
    """A rebalance disturbs only the partitions that move."""
    owner = await world.settled(1, 2)
    world.outbox.events.clear()
    await owner.assigned({2, 3})
    assert sorted(world.outbox.events) == ["close 1", "open 3"]


async def test_without_fences_every_partition_is_taken_over_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the embedded broker nothing tells an owner that another was at work in between."""
    world = World(tmp_path, monkeypatch, clock="log", cluster=f"{EMBEDDED_CLUSTER_PREFIX}1")
    owner = await world.settled(1, 2)
    world.outbox.events.clear()
    await owner.assigned({1, 2})
    assert sorted(world.outbox.events) == ["close 1", "close 2", "open 1", "open 2"]


async def test_a_lost_partition_that_comes_back_reads_on_where_it_stood(world: World) -> None:
    """Its state is kept for a while, so that reading goes on behind what it holds, and its side effects are sent."""
    owner = await world.settled(HOME)
    owner.receive(FAULTS, HOME, Batch(0, [a_ticket(0)], 1, 1))
    await owner.send_rounds()
    await owner.assigned(set())
    assert owner.partitions == {}
    starts = await owner.assigned({HOME})
    assert starts[FAULTS, HOME] == 1
    assert owner.partitions[HOME].facts() == 1


async def test_a_lost_partitions_unsent_side_effects_are_made_again(world: World) -> None:
    """What was taken in but not published may have had dead letters: reading begins before it."""
    owner = await world.settled(HOME)
    owner.receive(FAULTS, HOME, Batch(0, [a_ticket(0)], 1, 1))
    await owner.assigned(set())
    assert (await owner.assigned({HOME}))[FAULTS, HOME] == 0


async def test_another_log_ends_the_process_at_the_next_assignment(world: World) -> None:
    """A cluster or topic made anew has another id, whatever its offsets are."""
    owner = await world.settled(1)
    world.identity = LogIdentity("another", {"faults": "a"})
    with pytest.raises(Ended) as ended:
        await owner.assigned({1})
    assert ended.value.reason is Ending.LOG_CHANGED


async def test_a_round_that_does_not_get_out_ends_the_process(world: World) -> None:
    """Whether the broker holds it is unknown, so nothing may go on behind it."""
    owner = await world.settled(1)
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0)], 1, 1))
    world.outbox.error = OutboxError("fenced")
    with pytest.raises(Ended) as ended:
        await owner.send_rounds()
    assert ended.value.reason is Ending.OUTBOX


async def test_leaving_takes_nothing_more_in_sends_and_keeps_the_same(world: World) -> None:
    """After SIGTERM the checkpoint and the last head stand at the same offsets; then all is given up."""
    owner = await world.settled(1)
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0)], 1, 1))

    async def meanwhile() -> None:
        await asyncio.sleep(0)
        assert owner.receive(FAULTS, 1, Batch(1, [a_ticket(1)], 2, 2)) is None

    await asyncio.gather(owner.leave(), meanwhile())
    kept = owner._checkpoints.load(1)
    assert kept is not None
    assert kept.positions[FAULTS] == applied(world.outbox.rounds[-1])[FAULTS] == 1
    assert world.outbox.events[-1] == "close all"
    assert owner.partitions == {}


async def test_leaving_waits_for_the_round_that_is_under_way(world: World) -> None:
    """SIGTERM in the middle of a round neither breaks it off nor loses what came after it."""
    owner = await world.settled(1)
    owner.receive(FAULTS, 1, Batch(0, [a_ticket(0)], 1, 1))
    world.outbox.may_go_on.clear()
    sending = asyncio.create_task(owner.send_rounds())
    await asyncio.sleep(0)
    owner.receive(FAULTS, 1, Batch(1, [a_ticket(1)], 2, 2))
    leaving = asyncio.create_task(owner.leave())
    await asyncio.sleep(0)
    assert world.outbox.rounds == []
    world.outbox.may_go_on.set()
    await asyncio.gather(sending, leaving)
    assert [applied(a_round)[FAULTS] for a_round in world.outbox.rounds] == [1, 2]


async def test_a_wall_clocks_owner_ticks_at_most_every_second_and_at_least_every_ten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is due, so there is one tick at once and the next after ten seconds; a log's owner never ticks."""
    world = World(tmp_path, monkeypatch, clock="wall", cluster="cluster")
    owner = await world.settled(1)
    ticks = []
    for second in range(22):
        world.now = NOW + second * SECOND
        world.outbox.rounds.clear()
        await owner.send_rounds()
        ticks += [second for r in world.outbox.rounds for effect in r.side_effects if effect.topic == CONTEXT]
    assert ticks == [0, 10, 20]


async def test_a_wall_clock_ticks_every_second_in_all_partitions_while_anything_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures are shown as of the last of all clocks, so one partition's tickets move the clock of the other."""
    world = World(tmp_path, monkeypatch, clock="wall", cluster="cluster")
    owner = await world.settled(HOME, OTHER)
    ticks = []
    for second in range(4):
        world.now = NOW + second * SECOND
        owner.receive(FAULTS, HOME, Batch(second, [a_ticket(second)], second + 1, second + 1))
        world.outbox.rounds.clear()
        await owner.send_rounds()
        ticks += [r.partition for r in world.outbox.rounds for effect in r.side_effects if effect.topic == CONTEXT]
    assert Counter(ticks) == {HOME: 4, OTHER: 4}


async def test_a_logs_owner_never_ticks(world: World) -> None:
    """There the replayer says what time it is."""
    owner = await world.settled(1)
    await owner.send_rounds()
    assert not any(effect.topic == CONTEXT for r in world.outbox.rounds for effect in r.side_effects)


@pytest.mark.parametrize(("backlog", "expected"), [(0, [1.0, 2.0, 2.0]), (10_000, [1.0, 3.0, 5.0])])
async def test_a_round_that_had_to_wait_does_not_hold_up_the_next_for_long(
    world: World, monkeypatch: pytest.MonkeyPatch, backlog: int, expected: list[float]
) -> None:
    """A round pauses for ten times as long as it took, yet no more than two seconds, or five with much to catch up."""
    owner, pauses = await world.settled(1), []
    owner.receive(FAULTS, 1, Batch(0, [], 0, backlog))
    seconds = iter([0.0, 0.01, 1.0, 1.3, 2.0, 60.0])
    monkeypatch.setattr(worker_owner.time, "monotonic", lambda: next(seconds))

    async def sleep(pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 3:
            raise StopAsyncIteration

    monkeypatch.setattr(worker_owner.asyncio, "sleep", sleep)
    with pytest.raises(StopAsyncIteration):
        await owner.send_for_ever()
    assert pauses == pytest.approx(expected)
