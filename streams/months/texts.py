"""A month's free texts as a file that writers can also edit by hand, kept so that two of them overwrite nothing."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec
import yaml

from streams.reports.document import ReportTexts, load_texts
from streams.reports.snapshot_files import write_whole

NO_FILE = "none"
"""The tag of texts that nobody has written yet."""
LOCK_FILE = ".lock"
LINE_COLUMNS = 110


class TextsMoved(Exception):
    """The file is no longer the one that was read: somebody else has written it meanwhile."""


class NotWritable(Exception):
    """The file cannot be written; the message says which, why, and what to do."""


class TextFiles:
    """The files of a folder, one a month."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it need not exist yet."""
        self.folder = folder

    def path(self, period: str) -> Path:
        """Return where a month's texts are."""
        return self.folder / f"{period}.yaml"

    def tag(self, period: str) -> str:
        """Return what names the file's content, NO_FILE where there is none."""
        try:
            return hashlib.sha256(self.path(period).read_bytes()).hexdigest()
        except FileNotFoundError:
            return NO_FILE

    def read(self, period: str) -> tuple[ReportTexts, str]:
        """Return a month's texts and their tag; raises TextsError."""
        tag = self.tag(period)  # before the texts: if they change in between, saving them is refused
        return load_texts(self.path(period)), tag

    def write(self, period: str, texts: ReportTexts, tag: str) -> str:
        """Write a month's texts in place of those named by `tag`, and return the new tag.

        Comments at the file's head stay. Raises TextsMoved where the file is another one, NotWritable.
        """
        path = self.path(period)
        try:
            with self._locked():
                if self.tag(period) != tag:
                    raise TextsMoved
                write_whole(path, (_head(path) + written(texts)).encode())
                return self.tag(period)
        except OSError as error:
            raise NotWritable(
                f"{path} cannot be written ({error.strerror}): let the user that runs `serve` write to the folder, or "
                "set STREAMS_REPORT_TEXT_DIR to one that it may write to"
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes, which may serve the same folder, from writing at the same time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK_FILE).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def written(texts: ReportTexts) -> str:
    """Return texts as YAML for people; what is empty is left out."""
    content = _without_blanks(msgspec.to_builtins(texts, builtin_types=(date,)))
    if not content:
        return ""
    return "\n".join(
        yaml.safe_dump({field: part}, allow_unicode=True, sort_keys=False, width=LINE_COLUMNS)
        for field, part in content.items()
    )


def _without_blanks(content: Any) -> Any:
    if isinstance(content, dict):
        kept = {name: _without_blanks(part) for name, part in content.items()}
        return {name: part for name, part in kept.items() if part not in ("", None, [], {})}
    if isinstance(content, list | tuple):
        return [_without_blanks(part) for part in content]
    return content


def _head(path: Path) -> str:
    """Return the comments at a file's head, with an empty line after them."""
    if not path.exists():
        return ""
    lines = takewhile(lambda line: line.startswith("#"), path.read_text(encoding="utf-8").splitlines())
    head = "\n".join(lines)
    return f"{head}\n\n" if head else ""
