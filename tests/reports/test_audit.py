"""The audit on a broker: silent where tallies and log agree, and loud where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from streams.core.contributions.faults import TICKETS
from streams.core.events import Outage
from streams.core.folds import FOLDED_TOPICS
from streams.core.known_outages import COPIES_TOPIC
from streams.core.snapshot import build_snapshot, write_snapshot
from streams.core.tallies import read_cells, write_cells
from streams.kafka import client, topics
from streams.kafka.topics import FAULTS, TALLIES, TopicsError, real_name
from streams.reports.audit import audit
from streams.reports.reading import NotReady
from streams.reports.recounting import MonthNotWhole
from streams.reports.snapshot_files import take_snapshot, write_snapshot_file
from streams.settings import Settings
from tests.conftest import Broker
from tests.core.installation import DEFINITIONS, at, generated, outage, ticket
from tests.kafka.installed import PlacedInstallation, publish, publish_rounds

PARTITIONS = 3


def settings(prefix: str) -> Settings:
    """Return settings for a prefix."""
    return Settings.from_environment({"STREAMS_PREFIX": prefix, "STREAMS_PARTITIONS": str(PARTITIONS)})


def installation() -> PlacedInstallation:
    """Return an installation that has counted tickets of June and July, one under two numbers, some of an outage."""
    made = PlacedInstallation(PARTITIONS)
    made.send(generated(7, 80, at("2009-06-20 00:00"), 30))
    made.send(ticket("twice", subscriber, at("2009-07-03 10:00")) for subscriber in ("6000001", "7000001"))
    made.send([outage("O1", at("2009-07-02 09:00"), prefixes=["6"])], topic=Outage.topic)
    made.count(at("2009-07-20 12:00"))
    return made


async def test_an_audit_of_true_tallies_finds_nothing(broker: Broker, prefix: str) -> None:
    """Every record is read, with progress, every number agrees, and the id that lives under two numbers is named."""
    made = installation()
    await publish(broker.connection, prefix, made)
    told: list[tuple[int, int]] = []
    result = await audit(
        broker.connection, settings(prefix), DEFINITIONS, "2009-07", lambda done, total: told.append((done, total))
    )
    records = {topic: sum(len(made.logs[topic, number]) for number in range(PARTITIONS)) for topic in FOLDED_TOPICS}
    copies = records[COPIES_TOPIC]
    assert copies == PARTITIONS
    read = sum(records.values())
    assert (result.differences, result.exit_code, result.records) == ([], 0, read - copies)
    assert told[-1] == (read, read)
    assert result.ids_under_two_keys == ["faults/twice"]


async def test_an_audit_finds_a_tally_that_is_wrong(broker: Broker, prefix: str) -> None:
    """One ticket too many on one day, published like any round, is found with its place; exit code 1."""
    made = installation()
    last = next(
        a_round for a_round in reversed(made.rounds) if any(b"day/2009-07" in (r.key or b"") for r in a_round.tallies)
    )
    record = next(record for record in last.tallies if b"day/2009-07" in (record.key or b""))
    cells = read_cells(record.value or b"")
    cell = next(cell for cell in cells if cell[0] == TICKETS.name)
    wrong = type(record)(record.topic, record.partition, record.key, write_cells(cells | {cell: cells[cell] + 1}))
    await publish(broker.connection, prefix, made)
    head = next(a_round.head for a_round in reversed(made.rounds) if a_round.partition == last.partition)
    await publish_rounds(broker.connection, prefix, [type(last)(last.partition, [], [wrong], head)])
    result = await audit(broker.connection, settings(prefix), DEFINITIONS, "2009-07")
    [difference] = result.differences
    assert result.exit_code == 1
    assert (difference.measure, difference.labels) == cell
    assert difference.tallied == difference.recounted + 1


async def test_a_log_without_its_beginning_cannot_be_audited(apache_kafka: Broker, prefix: str) -> None:
    """Where records were deleted the month is not whole, and the audit says so instead of blaming the tallies."""
    await publish(apache_kafka.connection, prefix, installation())
    place = TopicPartition(real_name(prefix, FAULTS), 0)
    async with client.running(client.new_admin(apache_kafka.connection)) as admin:
        await admin.delete_records({place: RecordsToDelete(before_offset=3)})
    with pytest.raises(MonthNotWhole, match="begins at offset 3"):
        await audit(apache_kafka.connection, settings(prefix), DEFINITIONS, "2009-07")


async def test_a_snapshot_is_taken_and_written(broker: Broker, prefix: str, tmp_path: Path) -> None:
    """From the tallies on the broker: the same bytes as from those in memory, in a file that is there as a whole."""
    made = installation()
    await publish(broker.connection, prefix, made)
    snapshot = await take_snapshot(broker.connection, settings(prefix), DEFINITIONS, "2009-07")
    path = write_snapshot_file(snapshot, tmp_path / "reports" / "2009-07")
    assert path.read_bytes() == write_snapshot(build_snapshot("2009-07", made.tallies, DEFINITIONS))
    assert [file.name for file in path.parent.iterdir()] == ["snapshot.json"]


async def test_tallies_that_are_not_whole_are_refused(embedded_broker: Broker, prefix: str) -> None:
    """No topics, no tallies, tallies of some partitions: each is said, and what to do about it."""
    asked = (embedded_broker.connection, settings(prefix), DEFINITIONS, "2009-07")
    with pytest.raises(TopicsError, match=real_name(prefix, TALLIES)):
        await take_snapshot(*asked)
    await topics.ensure(embedded_broker.connection, prefix, PARTITIONS)
    with pytest.raises(NotReady, match="partitions 0, 1, 2 have no settled tallies"):
        await take_snapshot(*asked)
