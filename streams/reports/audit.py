"""Audits a month: counts it anew from the log, partition by partition, and holds the tallies against that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec
from aiokafka import TopicPartition

from streams.core.contributions import chapters_for
from streams.core.definitions import Definitions
from streams.core.folds import FOLDED_TOPICS
from streams.core.head import Head
from streams.core.merged import MergedTallies
from streams.core.recount import Difference, Recount, Recounter, compare
from streams.kafka.client import Connection
from streams.kafka.placing import partition_of
from streams.kafka.reader import log_beginnings, message_of, read_to_end
from streams.kafka.topics import real_name
from streams.reports.reading import read_tallies
from streams.settings import Settings

Progress = Callable[[int, int], None]
"""Called with (records read so far, records to read)."""


class MonthNotWhole(Exception):
    """The log no longer begins where it began, so that the month cannot be counted anew."""


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
    await _require_whole_log(connection, settings)
    auditing = _Auditing(connection, settings, definitions, period, progress)
    return await auditing.run(tallies)


async def _require_whole_log(connection: Connection, settings: Settings) -> None:
    places = [
        TopicPartition(real_name(settings.prefix, topic), number)
        for topic in FOLDED_TOPICS
        for number in range(settings.partitions)
    ]
    for place, offset in (await log_beginnings(connection, places)).items():
        if offset > 0:
            raise MonthNotWhole(
                f"{place.topic}-{place.partition} begins at offset {offset}: records before it were deleted, so the "
                "month cannot be counted anew. Sources need retention.ms=-1 (`streams check`)"
            )


class _Auditing:
    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        definitions: Definitions,
        period: str,
        progress: Progress | None,
    ) -> None:
        self._connection, self._settings, self._definitions = connection, settings, definitions
        self._period, self._progress = period, progress
        self._chapters = chapters_for(definitions)
        self._done = self._total = 0

    async def run(self, tallies: MergedTallies) -> AuditResult:
        self._total = sum(head.applied.get(topic, 0) for head in tallies.heads.values() for topic in FOLDED_TOPICS)
        differences: list[Difference] = []
        ids: Counter[tuple[str, str]] = Counter()
        moved: list[tuple[str, str]] = []
        records = facts = 0
        for partition, head in sorted(tallies.heads.items()):
            recount = await self._recount(partition, head)
            differences += compare(partition, tallies.cells(self._period, partition), recount.buckets)
            ids.update(recount.ids)
            moved += recount.moved_out
            records, facts = records + recount.records, facts + recount.facts
        return AuditResult(
            period=self._period,
            records=records,
            facts=facts,
            differences=differences,
            ids_under_two_keys=sorted("/".join(identity) for identity, times in ids.items() if times > 1),
            moved_out_of_closed=sorted(map("/".join, moved)),
        )

    async def _recount(self, partition: int, head: Head) -> Recount:
        recounter = Recounter(partition, head, self._period, self._definitions, self._chapters, self._partition_of)
        for topic in FOLDED_TOPICS:
            end = head.applied.get(topic, 0)
            if end == 0:
                continue
            place = TopicPartition(real_name(self._settings.prefix, topic), partition)
            # Not only committed records: a re-sent fact of an aborted round is true either way, and was applied.
            async for _, records in read_to_end(self._connection, {place: 0}, committed=False, until={place: end}):
                recounter.take(topic, map(message_of, records))
                self._done += len(records)
                if self._progress is not None:
                    self._progress(self._done, self._total)
        return recounter.result()

    def _partition_of(self, key: bytes) -> int:
        return partition_of(key, self._settings.partitions)
