"""Where alerts are seen on dashboards: which panel belongs to which alert, and how panels are linked to."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from streams.alerting.roster import Language

PLACES: Mapping[str, tuple[str, str]] = {
    "massoutage": ("outages", "active_outages"),
    "suspectedoutage": ("outages", "suspicions"),
    "reportingdutynear": ("outages", "duties"),
    "reportingdutyreached": ("outages", "duties"),
    "reportwave": ("outages", "suspicions"),
    "complaintsurge": ("complaints", "complaints_by_branch"),
    "escalatedcomplaint": ("complaints", "escalated_complaints"),
    "watchedchannelcomplaint": ("complaints", "complaints_by_channel"),
    "complaintsoverdue": ("complaints", "complaints_overdue"),
    "ordersheld": ("orders", "orders_held"),
    "faultssilent": ("noc-wall", "burst"),
    "complaintssilent": ("complaints", "complaints_by_branch"),
    "orderssilent": ("orders", "orders_by_branch"),
    "workerlost": ("pipeline", "up"),
    "partitionsnotcounted": ("pipeline", "settled"),
    "workersbehind": ("pipeline", "worker_backlog"),
    "deadletters": ("pipeline", "refused"),
    "figuresnotshown": ("pipeline", "figures_shown"),
    "servebehind": ("pipeline", "serve_backlog"),
    "datatimebehind": ("pipeline", "data_age"),
    "pagerlost": ("pipeline", "up"),
    "pagesnotdelivered": ("pipeline", "oldest_message"),
    "pagesgivenup": ("pipeline", "given_up"),
    "snapshotmissing": ("pipeline", "snapshot_written"),
    "watchdog": ("pipeline", "up"),
}
"""Heading of the runbook → dashboard and key of the panel; a heading that is not here is an indicator's."""


def panel_id(key: str) -> int:
    """Return the id of a panel: made of its key, so that it stays whatever is put beside it."""
    return crc32(key.encode()) % 1_000_000 + 1


def board_uid(board: str, language: Language) -> str:
    """Return the id by which Grafana knows a dashboard in a language."""
    return f"streams-{board}-{language}"


def place_of(anchor: str) -> tuple[str, str]:
    """Return the dashboard and the panel on which an alert with this heading of the runbook is seen."""
    return PLACES.get(anchor, ("indicators", anchor))


def panel_url(board: str, key: str, language: Language) -> str:
    """Return a link to a panel, from Grafana's own address on."""
    return f"d/{board_uid(board, language)}?viewPanel={panel_id(key)}"
