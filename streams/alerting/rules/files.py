"""The files that Prometheus and Alertmanager are given, as text: which there are, and how their YAML is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from streams.alerting.roster import Roster
from streams.alerting.roster_file import RosterError
from streams.alerting.rules.alert import DUTIES
from streams.alerting.rules.compose import COMPOSE
from streams.alerting.rules.groups import alerts, rule_files
from streams.alerting.rules.planned_work import PlannedWork
from streams.alerting.rules.routes import alertmanager_config
from streams.alerting.rules.scraping import Endpoints, prometheus_config
from streams.core.definitions import Definitions

LONGEST_LINE = 10_000
"""A text stays in one line: a change of a word should be one line of a review."""
PROMETHEUS_FILE, ALERTMANAGER_FILE = "prometheus/prometheus.yml", "alertmanager/alertmanager.yml"
"""What the two programs are started with; the paths are as in `files`."""
COMPOSE_PROMETHEUS_FILE, COMPOSE_ALERTMANAGER_FILE = "compose/prometheus.yml", "compose/alertmanager.yml"
"""What docker-compose.yml starts them with."""
HEADING = "# Made by `streams generate`; do not edit.\n"


def files(
    definitions: Definitions, roster: Roster, planned: Sequence[PlannedWork], endpoints: Endpoints
) -> dict[str, str]:
    """Return path → text of every file, the paths as they are below deploy/.

    Raises RosterError where an alert is for a duty that the roster lacks.
    """
    require_duties(definitions, roster)
    trees = {f"prometheus/rules/{name}": tree for name, tree in rule_files(definitions).items()}
    trees[PROMETHEUS_FILE] = prometheus_config(endpoints)
    trees[ALERTMANAGER_FILE] = alertmanager_config(definitions.branches, planned, roster.timezone, endpoints.pager)
    trees[COMPOSE_PROMETHEUS_FILE] = prometheus_config(COMPOSE)
    trees[COMPOSE_ALERTMANAGER_FILE] = alertmanager_config(
        definitions.branches, planned, roster.timezone, COMPOSE.pager
    )
    return {path: as_yaml(tree) for path, tree in trees.items()}


def write_files(texts: Mapping[str, str], folder: Path) -> None:
    """Write what `files` returned below a folder."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def require_duties(definitions: Definitions, roster: Roster) -> None:
    """Raise RosterError unless somebody answers for every alert that is paged."""
    wanted = {DUTIES[alert.kind] for group in alerts(definitions).values() for alert in group if alert.kind in DUTIES}
    if missing := sorted(wanted - roster.duties.keys()):
        raise RosterError(f"the roster has no duty {', '.join(missing)}, for which there are alerts")


def as_yaml(tree: dict[str, Any]) -> str:
    """Return a configuration as YAML; the same tree gives the same text."""
    return HEADING + yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LONGEST_LINE)


class _Dumper(yaml.SafeDumper):
    """Writes everything out, for readers who do not know YAML's anchors, and texts of several lines as they stand."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)
