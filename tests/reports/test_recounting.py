"""Recounts side by side in processes: the same numbers as one after the other, with progress."""

from __future__ import annotations

import pytest

from streams.reports import recounting
from streams.reports.recounting import Log, changes, recount
from tests.conftest import Broker
from tests.core.installation import at, generated, ticket
from tests.reports.editions import Growing
from tests.reports.test_audit import settings


async def test_processes_side_by_side_count_as_one_does(
    embedded_broker: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every partition's count and every change is the same, and all records were told of."""
    growing = Growing(embedded_broker, prefix)
    growing.made.send(generated(7, 80, at("2009-06-20 00:00"), 35))
    await growing.count(at("2009-08-04 12:00"))
    earlier = dict(growing.made.tallies.heads)
    growing.made.send([ticket("LATE", "6000001", at("2009-07-14 10:00"))])
    await growing.count(at("2009-08-04 12:00"))
    log, heads = Log(embedded_broker.connection, settings(prefix), growing.definitions), growing.made.tallies.heads
    alone = await recount(log, heads, None, None), await changes(log, earlier, heads, None, None)
    monkeypatch.setattr(recounting, "SIDE_BY_SIDE_RECORDS", 0)
    monkeypatch.setattr(recounting.os, "cpu_count", lambda: 2)
    told: list[tuple[int, int]] = []
    together = (
        await recount(log, heads, None, lambda done, total: told.append((done, total))),
        await changes(log, earlier, heads, None, None),
    )
    assert together == alone
    assert together[1]
    assert told[-1] == (sum(sum(one.records.values()) for one in alone[0]),) * 2
