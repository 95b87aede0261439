"""Whether the SDK's model understands every field of a dashboard: read by it and written again, it is the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from streams.dashboards.assemble import as_text
from streams.dashboards.lint.reading import Dashboards


def changed_by_the_model(dashboards: Dashboards) -> Iterator[str]:
    """Yield dashboards that are not the same after the model has read and written them."""
    register_default_plugins()
    for path, dashboard in dashboards.items():
        written = json.loads(as_text(Dashboard.from_json(dict(dashboard))))
        for difference in _differences(dashboard, written, path):
            yield f"{difference}: the SDK's model reads it otherwise"


def _differences(before: Any, after: Any, place: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            # The SDK puts links into a menu unless it is told otherwise, and cannot be told while it reads.
            if key != "placement":
                yield from _differences(before.get(key), after.get(key), f"{place}.{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _differences(*pair, f"{place}[{number}]")
    elif before != after:
        yield place
