"""July 2009 as the chaos tests use it: its messages, its true figures, and the proof that an installation has them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from streams.core.snapshot import SNAPSHOT_FILE, Snapshot
from streams.samples import callbacks, july_2009, printed
from streams.samples.lines import Line
from tests import oracle
from tests.chaos.cluster import Installation, output_of
from tests.chaos.figures import (
    Watcher,
    assert_each_once,
    assert_true,
    oracle_of,
    read_letters,
    read_messages,
    under_wrong_key,
    unreadable,
)
from tests.printed_report import CONTRADICTED, contradictions, differences

PERIOD = july_2009.PERIOD
AS_OF = july_2009.AS_OF


def datetime_in_july(day: int, hour: int = 9) -> datetime:
    """Return an instant of July 2009, local time."""
    return datetime(2009, 7, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@cache
def lines() -> tuple[Line, ...]:
    """Return the messages of the sample, made once."""
    return tuple(july_2009.lines())


def only_message() -> Line:
    """Return a message that no other repeats or corrects: without it one call-back is missing."""
    messages = Counter((line.topic, line.key) for line in lines())
    return next(line for line in lines() if line.topic == callbacks.TOPIC and messages[line.topic, line.key] == 1)


async def written_snapshot(installation: Installation) -> Snapshot:
    """Return what `streams snapshot` writes, compared with the printed report."""
    folder = installation.folder / "report"
    await output_of(installation, "snapshot", PERIOD, "--printed", str(printed.FILE), "--out", str(folder))
    return msgspec.json.decode((folder / SNAPSHOT_FILE).read_bytes(), type=Snapshot)


async def assert_as_printed(installation: Installation) -> None:
    """Assert that every printed figure is in the written snapshot, and that `streams audit` finds no difference."""
    snapshot = await written_snapshot(installation)
    assert differences(snapshot.tables) == {}
    assert contradictions(snapshot.checks) == CONTRADICTED
    audited = json.loads(await output_of(installation, "audit", PERIOD, "--json"))
    assert audited["differences"] == []
    assert audited["records"] >= len(lines())


async def assert_all_true(installation: Installation, watcher: Watcher, sent: Sequence[Line]) -> oracle.Figures:
    """Assert that every way to July's figures leads to the oracle's, and each bad message has its one dead letter.

    Return the oracle's figures of the messages that were sent.
    """
    figures = oracle_of(installation, sent, PERIOD, AS_OF)
    await assert_true(installation, watcher, figures, PERIOD)
    messages = await read_messages(installation)
    bad, misplaced = unreadable(messages), under_wrong_key(messages)
    assert_each_once(await read_letters(installation), bad | misplaced)
    # A broker that came back may hold a message twice, each copy with a letter of its own.
    assert len(misplaced) >= figures.wrong_key > 0
    assert len(bad) >= figures.unreadable.total() > 0
    return figures
