"""Takes the snapshot of a month from the tallies, and writes it to a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from streams.core.definitions import Definitions
from streams.core.snapshot import REPORTS_FOLDER, SNAPSHOT_FILE, Snapshot, build_snapshot, write_snapshot
from streams.kafka.client import Connection
from streams.reports.as_of import tallies_as_of
from streams.reports.reading import read_tallies
from streams.reports.recounting import Progress
from streams.settings import Settings

REPORTS = Path(REPORTS_FOLDER)
PROVISIONAL_FILE = "snapshot-provisional.json"
"""Where a snapshot goes that is taken beside a frozen one."""


async def take_snapshot(
    connection: Connection,
    settings: Settings,
    definitions: Definitions,
    period: str,
    printed: Mapping[str, Any] | None = None,
    as_of: int | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Return the snapshot of the month `period`, compared with a printed report's tables where they are given.

    The tallies answer; with `as_of` (an instant in microseconds) the log is counted anew as it was known then.
    Raises SnapshotError when nothing is known of the month, and what `read_tallies` raises.
    """
    if as_of is None:
        tallies = await read_tallies(connection, settings, definitions)
    else:
        tallies = await tallies_as_of(connection, settings, definitions, as_of, progress)
    return build_snapshot(period, tallies, definitions, printed)


def write_snapshot_file(snapshot: Snapshot, folder: Path | None = None) -> Path:
    """Write a snapshot into `folder` (default reports/PERIOD) and return the file; it is there whole or not at all.

    A frozen snapshot that is there stays: then the file has another name.
    """
    folder = REPORTS / snapshot.period if folder is None else folder
    is_free = state_of(folder / SNAPSHOT_FILE) not in ("frozen", "restated")
    return write_whole(folder / (SNAPSHOT_FILE if is_free else PROVISIONAL_FILE), write_snapshot(snapshot))


class _State(msgspec.Struct):
    state: str = ""


def state_of(path: Path) -> str | None:
    """Return the state of the snapshot in a file, "" where it holds something else, None where there is no file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_State).state
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        return ""


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file, its folder too, and return it; it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    return unfinished.replace(path)
