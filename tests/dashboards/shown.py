"""The dashboards as they are made now, and all that they can ask for."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from streams.alerting.rules.alert import RUNBOOK
from streams.commands.generate import CHECKOUT
from streams.core.definitions import Definitions
from streams.dashboards.files import boards, files
from streams.dashboards.lint.reading import Asked, queries
from streams.dashboards.spec import Board
from streams.definitions import load

RUNBOOK_PAGE = (CHECKOUT / RUNBOOK).read_text(encoding="utf-8")


@cache
def definitions() -> Definitions:
    """Return the definitions that the dashboards are made under."""
    return load(CHECKOUT / "deploy", timezone="Asia/Shanghai", ledger_months=2)


def all_boards() -> list[Board]:
    """Return the dashboards before they have a language."""
    return boards(definitions(), RUNBOOK_PAGE)


@cache
def texts() -> dict[str, str]:
    """Return language/name → dashboard as text."""
    return {path.removesuffix(".json"): text for path, text in files(definitions(), RUNBOOK_PAGE).items()}


def dashboards() -> dict[str, dict[str, Any]]:
    """Return language/name → dashboard, to be broken as one likes."""
    return {path: json.loads(text) for path, text in texts().items()}


def asked() -> dict[str, Asked]:
    """Return every query of all dashboards, and the first place where it stands; the languages share them."""
    found: dict[str, Asked] = {}
    for one in queries(dashboards()):
        found.setdefault(one.expr, one)
    return found
