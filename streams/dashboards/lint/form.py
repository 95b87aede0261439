"""How dashboards are made: titles, descriptions, units, ids, the data source, links that lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product

from streams.alerting.rules.alert import Alert
from streams.alerting.rules.panels import board_uid, panel_id, place_of
from streams.dashboards.lint.reading import Dashboards, panels
from streams.dashboards.spec import TOP_WIDTH
from streams.dashboards.texts import LANGUAGES

DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SCHEMA = 42
_PANEL_LINK = re.compile(r"/d/(?P<uid>[\w-]+)\?viewPanel=(?P<panel>\d+)")


def unexplained(dashboards: Dashboards) -> Iterator[str]:
    """Yield panels without a title, a description or a unit; a panel of text has no unit."""
    for where, panel in panels(dashboards):
        for field in ("title", "description"):
            if not panel.get(field, "").strip():
                yield f"{where}: no {field}"
        if panel["type"] != "text" and not panel["fieldConfig"]["defaults"].get("unit"):
            yield f"{where}: no unit"


def ids_that_clash(dashboards: Dashboards) -> Iterator[str]:
    """Yield ids of dashboards, and of panels of one dashboard, that are missing or stand twice."""
    uids = Counter(dashboard.get("uid") for dashboard in dashboards.values())
    yield from (f"uid {uid}: {count} dashboards" for uid, count in uids.items() if not uid or count > 1)
    for path, dashboard in dashboards.items():
        ids = Counter(panel.get("id") for panel in dashboard["panels"])
        yield from (f"{path}: id {number} stands {count} times" for number, count in ids.items() if count > 1)


def other_data_sources(dashboards: Dashboards) -> Iterator[str]:
    """Yield what asks another data source than the one that is chosen at the top."""
    for path, dashboard in dashboards.items():
        variables = {variable["name"]: variable["type"] for variable in dashboard["templating"].get("list", [])}
        if variables.get("datasource") != "datasource":
            yield f"{path}: no variable for the data source"
        for annotation in dashboard["annotations"].get("list", []):
            if annotation["datasource"] != DATA_SOURCE:
                yield f"{path}: {annotation['name']}: another data source"
    for where, panel in panels(dashboards):
        asked = [panel, *panel.get("targets", [])] if panel.get("targets") else []
        if any(one.get("datasource") != DATA_SOURCE for one in asked):
            yield f"{where}: another data source"


def wrong_settings(dashboards: Dashboards, timezone: str) -> Iterator[str]:
    """Yield dashboards of another time zone or another model than Grafana takes from files."""
    for path, dashboard in dashboards.items():
        if dashboard.get("timezone") != timezone:
            yield f"{path}: time zone {dashboard.get('timezone')}"
        if dashboard.get("schemaVersion") != SCHEMA:
            yield f"{path}: schema {dashboard.get('schemaVersion')}"


def overlapping(dashboards: Dashboards) -> Iterator[str]:
    """Yield panels that lie on another one, or beyond the grid's edge."""
    for path, dashboard in dashboards.items():
        taken: set[tuple[int, int]] = set()
        for panel in dashboard["panels"]:
            place = panel["gridPos"]
            columns, rows = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
            covered = set(product(columns, rows))
            if covered & taken or columns.stop > TOP_WIDTH:
                yield f"{path}: {panel.get('title')} has no place of its own"
            taken |= covered


def dead_links(dashboards: Dashboards, alerts: list[Alert]) -> Iterator[str]:
    """Yield links of panels, and of alerts, that lead to no panel; and alerts whose heading the runbook lacks."""
    there = {(dashboard["uid"], panel["id"]) for dashboard in dashboards.values() for panel in dashboard["panels"]}
    for where, panel in panels(dashboards):
        for link in panel.get("links", []):
            found = _PANEL_LINK.search(link.get("url", ""))
            if found is None or (found["uid"], int(found["panel"])) not in there:
                yield f"{where}: {link.get('url')} leads nowhere"
    for alert in alerts:
        for language in LANGUAGES:
            for board, key in (place_of(alert.anchor), ("runbook", alert.anchor)):
                if (board_uid(board, language), panel_id(key)) not in there:
                    yield f"{alert.name}: no panel {key} on {board} ({language})"
