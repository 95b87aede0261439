"""Audits a month: counts it anew from the log, partition by partition, and holds the tallies against that."""

from __future__ import annotations

from collections import Counter

import msgspec

from streams.core.definitions import Definitions
from streams.core.known_outages import COPIES_TOPIC
from streams.core.recount import Difference, compare
from streams.kafka.client import Connection
from streams.reports.reading import read_tallies
from streams.reports.recounting import Log, Progress, recount
from streams.settings import Settings


class AuditResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit found.

    records, facts: how many messages were read, and how many newest revisions they hold.
    differences: every number in which tallies and recount do not agree; none is what should be.
    ids_under_two_keys: ids of the month that are valid under more than one key, or count twice.
    moved_out_of_closed: ids of a closed month that a later revision moved to another; they count in both.
    """

    period: str
    records: int
    facts: int
    differences: list[Difference]
    ids_under_two_keys: list[str]
    moved_out_of_closed: list[str]

    @property
    def exit_code(self) -> int:
        """Return 0 when tallies and log agree, else 1."""
        return 1 if self.differences else 0


async def audit(
    connection: Connection,
    settings: Settings,
    definitions: Definitions,
    period: str,
    progress: Progress | None = None,
) -> AuditResult:
    """Return how the tallies of the month `period` compare with a recount of the log up to where they go.

    It may run beside working workers: heads say which part of the log their tallies stand for.
    Raises MonthNotWhole where the log has lost its beginning, and what `read_tallies` and `read_to_end` raise.
    """
    tallies = await read_tallies(connection, settings, definitions)
    counted = await recount(Log(connection, settings, definitions), tallies.heads, period, progress)
    differences: list[Difference] = []
    ids: Counter[tuple[str, str]] = Counter()
    moved: list[tuple[str, str]] = []
    for partition, of_partition in zip(sorted(tallies.heads), counted, strict=True):
        differences += compare(partition, tallies.cells(period, partition), of_partition.buckets)
        ids.update(of_partition.ids)
        moved += of_partition.moved_out
    return AuditResult(
        period=period,
        records=sum(number for one in counted for topic, number in one.records.items() if topic != COPIES_TOPIC),
        facts=sum(one.facts for one in counted),
        differences=differences,
        ids_under_two_keys=sorted("/".join(identity) for identity, times in ids.items() if times > 1),
        moved_out_of_closed=sorted(map("/".join, moved)),
    )
