"""Reads dashboards as they stand in their files: panels, queries, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streams.dashboards.assemble import filled_in

Dashboards = Mapping[str, Mapping[str, Any]]
"""language/name → a dashboard."""

_LABEL_VALUES = re.compile(r"label_values\((?P<series>.+), (?P<label>\w+)\)")


class Asked(NamedTuple):
    """A query, where it stands, and the label whose values a variable asks for."""

    where: str
    expr: str
    label: str = ""

    def filled_in(self) -> str:
        """Return the query as Prometheus gets it."""
        return filled_in(self.expr, "month")


def panels(dashboards: Dashboards) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every panel and where it stands; headings are none."""
    for path, dashboard in dashboards.items():
        for panel in dashboard["panels"]:
            if panel["type"] != "row":
                yield f"{path}: {panel.get('title') or panel.get('id')}", panel


def queries(dashboards: Dashboards) -> Iterator[Asked]:
    """Yield the queries of panels, variables and annotations."""
    for where, panel in panels(dashboards):
        for target in panel.get("targets", []):
            yield Asked(where, target["expr"])
    for path, dashboard in dashboards.items():
        for variable in dashboard["templating"].get("list", []):
            found = _LABEL_VALUES.fullmatch(str(variable.get("query", "")))
            if found:
                yield Asked(f"{path}: ${variable['name']}", found["series"], found["label"])
        for annotation in dashboard["annotations"].get("list", []):
            yield Asked(f"{path}: {annotation['name']}", annotation["expr"])
