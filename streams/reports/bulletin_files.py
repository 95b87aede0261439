"""Makes the bulletin of a week or a day from the tallies, and writes it to a file."""

from __future__ import annotations

from pathlib import Path

from streams.core.bulletin import Bulletin, build_bulletin, last_whole_week
from streams.core.definitions import Definitions
from streams.core.documents import write_document
from streams.core.weeks import Stretch
from streams.kafka.client import Connection
from streams.reports.reading import read_tallies
from streams.reports.snapshot_files import write_whole
from streams.settings import Settings


async def take_bulletin(
    connection: Connection, settings: Settings, definitions: Definitions, week: Stretch | None = None
) -> Bulletin:
    """Return the bulletin of a week or a day, of the last whole week where none is given.

    Raises BulletinError when there is nothing to tell of it, and what `read_tallies` raises.
    """
    tallies = await read_tallies(connection, settings, definitions)
    return build_bulletin(week or last_whole_week(tallies, definitions), tallies, definitions)


def write_bulletin_file(bulletin: Bulletin, folder: Path) -> Path:
    """Write a bulletin into `folder` as bulletin-PERIOD.json and return the file; it is there whole or not at all."""
    return write_whole(folder / f"bulletin-{bulletin.period}.json", write_document(bulletin))
