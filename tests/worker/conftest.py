"""What the worker's tests share: a process that ends is caught instead of followed."""

from __future__ import annotations

from typing import NoReturn

import pytest

from streams.worker import app, owner, run, transport, watchdog
from streams.worker.ending import Ending


class Ended(BaseException):
    """The process would have ended here, for this reason; no `except Exception` may stop it."""

    def __init__(self, reason: Ending) -> None:
        super().__init__(reason)
        self.reason = reason


@pytest.fixture(autouse=True)
def _caught_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(reason: Ending, **_: object) -> NoReturn:
        raise Ended(reason)

    for module in (app, owner, run, transport, watchdog):
        monkeypatch.setattr(module, "end", end)
