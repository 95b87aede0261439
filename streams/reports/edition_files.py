"""Writes the editions of a month to files: each document once and never over another one, and a list of them all."""

from __future__ import annotations

from pathlib import Path

import msgspec

from streams.core.editions import Edition, Editions
from streams.reports.snapshot_files import REPORTS, state_of, write_whole

LIST_FILE = "editions.json"


class EditionFileError(Exception):
    """A file is in the way: it holds another edition; the message says what to do."""


def write_edition_files(editions: Editions, period: str, folder: Path | None = None) -> list[Path]:
    """Write the editions of a month into `folder` (default reports/PERIOD) and return the files; the list is last.

    What is there already stays untouched. Raises EditionFileError where it is something else.
    """
    folder = REPORTS / period if folder is None else folder
    listed = editions.all(period)
    paths = [_write_document(edition, editions.document(edition), folder) for edition in listed]
    return [*paths, write_whole(folder / LIST_FILE, write_list(listed))]


def write_list(editions: list[Edition]) -> bytes:
    """Return what is on record about editions as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(editions), indent=1) + b"\n"


def _write_document(edition: Edition, document: bytes, folder: Path) -> Path:
    path = folder / edition.file_name
    if path.exists() and path.read_bytes() == document:
        return path
    if state_of(path) in ("frozen", "restated"):
        raise EditionFileError(
            f"{path} holds another edition than the one on record: it is left as it is. Move it away, or give --out "
            f"another folder; `streams snapshots {edition.period}` lists what is on record"
        )
    return write_whole(path, document)
