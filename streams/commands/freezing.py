"""What the commands that freeze months share: progress of waiting and counting, files, and one line that tells."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from streams.commands.common import Setup
from streams.core.editions import Editions
from streams.core.snapshot import SnapshotError
from streams.kafka.edition_log import EditionError
from streams.reports.edition_files import EditionFileError, write_edition_files
from streams.reports.freezing import Freezing, Frozen
from streams.reports.noting import FreezeError
from streams.reports.reading import NotReady
from streams.reports.recounting import MonthNotWhole

MENDABLE_BY_FREEZING = (NotReady, SnapshotError, MonthNotWhole, FreezeError, EditionError, EditionFileError)
"""Errors of a freeze whose message tells a person what to do."""


def freezing_of(setup: Setup, progress: Progress) -> Freezing:
    """Return what freezes months, and shows how far it is."""
    waiting = progress.add_task("Waiting for the workers", total=None)
    counting = progress.add_task("Counting the log", total=None)
    return Freezing(
        setup.connection,
        setup.settings,
        setup.definitions,
        lambda done, total: progress.update(counting, completed=done, total=total),
        lambda covered, partitions: progress.update(waiting, completed=covered, total=partitions),
    )


def told(frozen: Frozen, editions: Editions, folder: Path | None = None) -> str:
    """Write the editions of the frozen month to files, and return what became of it in a line.

    Raises EditionFileError where a file is in the way.
    """
    edition = frozen.edition
    paths = write_edition_files(editions, edition.period, folder)
    what = f"{edition.period} is {edition.state} (edition {edition.number}, sha256 {edition.sha256})"
    if not frozen.is_new:
        return f"{what}; nothing has moved since {edition.frozen_at}, so nothing was written"
    moved = f"; {edition.moved} figures moved" if edition.number > 1 else ""
    return f"{what}{moved}; written: {paths[edition.number - 1]}"
