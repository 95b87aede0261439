"""Checkpoints: a partition's fold in a file, so that a take-over need not read the log from the horizon."""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
from pathlib import Path

import msgspec
import structlog

from streams.core.head import ClosedMonth, Offsets
from streams.core.ledger import Fact, Fold
from streams.core.takeover import Kept
from streams.kafka.identity import LogIdentity
from streams.settings import Settings

FORMAT = b"streams checkpoint 2\n"
"""How a file begins; whatever changes in what a checkpoint holds changes this."""

Row = tuple[str, str, int, int, bytes, int]

log = structlog.get_logger("streams.worker")


class _Log(msgspec.Struct, frozen=True, array_like=True):
    identity: LogIdentity
    partitions: int


class _Contents(msgspec.Struct, array_like=True):
    """What a checkpoint file holds behind its digest; `belongs_to` names the log that it is a fold of."""

    belongs_to: _Log
    positions: Offsets
    closed: list[ClosedMonth]
    folds: dict[str, list[Row]]


class Checkpoints:
    """The checkpoint files of one worker's data folder.

    A file that is damaged, or belongs to another log or number of partitions, is ignored: it only
    saves time.
    """

    def __init__(self, settings: Settings, identity: LogIdentity) -> None:
        """Take the settings that name the folder, and the identity of the log that is folded."""
        self._folder = settings.data_dir
        self._name = f"{settings.prefix}partition"
        self._belongs_to = _Log(identity, settings.partitions)

    def path(self, number: int) -> Path:
        """Return the file of a partition."""
        return self._folder / f"{self._name}-{number}.checkpoint"

    async def save(self, number: int, kept: Kept) -> None:
        """Write a partition's state; the rows are taken at once, encoding and writing do not hold the loop up."""
        folds = {topic: list(fold.rows()) for topic, fold in kept.folds.items()}
        contents = _Contents(self._belongs_to, dict(kept.positions), list(kept.closed), folds)
        await asyncio.to_thread(self._write, self.path(number), contents)

    def _write(self, path: Path, contents: _Contents) -> None:
        body = msgspec.msgpack.encode(contents)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Workers in containers may share the folder, and all have the same process id.
        partial = path.with_suffix(f".{platform.node()}-{os.getpid()}.partial")
        partial.write_bytes(FORMAT + hashlib.sha256(body).digest() + body)
        partial.replace(path)

    def load(self, number: int) -> Kept | None:
        """Return a partition's state from its file, or None where there is none that can be trusted."""
        try:
            data = self.path(number).read_bytes()
        except FileNotFoundError:
            return None
        digest, body = data[len(FORMAT) : len(FORMAT) + 32], data[len(FORMAT) + 32 :]
        if not data.startswith(FORMAT) or hashlib.sha256(body).digest() != digest:
            log.warning("checkpoint ignored", partition=number, why="it is damaged or of another format")
            return None
        contents = msgspec.msgpack.decode(body, type=_Contents)
        if contents.belongs_to != self._belongs_to:
            log.warning("checkpoint ignored", partition=number, why="it belongs to another log")
            return None
        return Kept(
            folds={topic: _fold_of(rows) for topic, rows in contents.folds.items()},
            positions=contents.positions,
            closed=contents.closed,
        )


def _fold_of(rows: list[Row]) -> Fold:
    fold = Fold()
    for key, identity, revision, offset, canonical, needed_until in rows:
        fold.merge(key, identity, Fact(revision, offset, canonical, needed_until))
    return fold
