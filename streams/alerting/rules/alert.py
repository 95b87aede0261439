"""What an alert is: when it fires, how grave it is, whom it concerns, and what people are told, in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from streams.alerting.roster import CITY
from streams.alerting.rules.panels import panel_url, place_of
from streams.alerting.rules.wording import NO_BRANCH
from streams.core.catalogue.indicator import Text

Severity = Literal["critical", "warning", "info"]
"""critical wakes somebody, warning is for working hours, info is looked at on panels and goes nowhere."""

Kind = Literal["outage", "indicator", "customers", "pipeline", "watchdog"]
"""What an alert is about; routes and inhibitions go by it."""

DUTIES: dict[Kind, str] = {"outage": "network", "indicator": "service", "customers": "service", "pipeline": "platform"}
"""Which of the roster's duties answers for a kind of alert."""

RUNBOOK = "deploy/runbook.md"
"""The page that every alert links to, at a heading of its own."""

OF_BRANCH = f'{{{{ if match "{NO_BRANCH}" $labels.branch }}}}{CITY}{{{{ else }}}}{{{{ $labels.branch }}}}{{{{ end }}}}'
"""The branch of the series that fired; CITY where it has none, or one that the settings do not list."""


class Timing(NamedTuple):
    """For how long something has to hold before an alert fires, and for how long it fires on when it no longer does."""

    wait: str = "0s"
    keep: str = "0s"


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of Prometheus.

    `timing` makes one notification of a value that crosses its bound to and fro. `feed` is the topic without which the
    alert says nothing. `anchor` is a heading of RUNBOOK; `labels` are set beside the usual ones, and may be templates
    as the texts may.
    """

    name: str
    expr: str
    severity: Severity
    kind: Kind
    summary: Text
    description: Text
    anchor: str
    timing: Timing = Timing()
    feed: str = ""
    branch: str = OF_BRANCH
    labels: Mapping[str, str] = {}

    def rule(self) -> dict[str, Any]:
        """Return the alert as a rule of Prometheus."""
        labels: dict[str, str] = {
            "severity": self.severity,
            "kind": self.kind,
            "duty": DUTIES.get(self.kind, ""),
            "branch": self.branch,
            "feed": self.feed,
            **self.labels,
        }
        timing = {"for": self.timing.wait, "keep_firing_for": self.timing.keep}
        return {
            "alert": self.name,
            "expr": self.expr,
            **{field: duration for field, duration in timing.items() if duration != "0s"},
            "labels": {name: value for name, value in labels.items() if value},
            "annotations": {
                "summary": self.summary["zh"],
                "summary_en": self.summary["en"],
                "description": self.description["zh"],
                "description_en": self.description["en"],
                "runbook_url": f"{RUNBOOK}#{self.anchor}",
                "panel_url": panel_url(*place_of(self.anchor), "zh"),
                "panel_url_en": panel_url(*place_of(self.anchor), "en"),
            },
        }
