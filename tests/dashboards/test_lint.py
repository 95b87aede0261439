"""The dashboards pass every check of the lint, and each check finds what it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from streams.alerting.rules.groups import alerts, rule_files
from streams.alerting.rules.records import RATIO
from streams.dashboards.lint import asking, form, languages, round_trip
from streams.dashboards.lint.known import known_series
from tests.dashboards.shown import dashboards, definitions
from tests.dashboards.shown_metrics import metrics

Dashboards = dict[str, dict[str, Any]]
Check = Callable[[Dashboards], Iterable[str]]
Breaking = Callable[[Dashboards], object]
"""Breaks dashboards in one place."""

ALERTS = [alert for group in alerts(definitions()).values() for alert in group]
KNOWN = known_series(metrics(), [group for tree in rule_files(definitions()).values() for group in tree["groups"]])
WALL, INDICATORS = "en/noc-wall", "en/indicators"


def unknown_series(shown: Dashboards) -> Iterable[str]:
    """Check against the metrics of the programs and the recorded series of the rules."""
    return asking.unknown_series(shown, KNOWN)


def dead_links(shown: Dashboards) -> Iterable[str]:
    """Check the panels' links and those of our alerts."""
    return form.dead_links(shown, ALERTS)


def wrong_settings(shown: Dashboards) -> Iterable[str]:
    """Check against the definitions' time zone."""
    return form.wrong_settings(shown, definitions().timezone)


def first_panel(shown: Dashboards, path: str = WALL) -> dict[str, Any]:
    """Return the first panel of a dashboard."""
    panel: dict[str, Any] = shown[path]["panels"][0]
    return panel


def asks(expression: str) -> Breaking:
    """Return what has a panel ask something else."""
    return lambda shown: first_panel(shown)["targets"][0].update(expr=expression)


def without(field: str, path: str = WALL) -> Breaking:
    """Return what takes a field from a panel."""
    return lambda shown: first_panel(shown, path).update({field: ""})


def without_panels_of(indicator: str) -> Breaking:
    """Return what removes every panel of an indicator."""

    def remove(shown: Dashboards) -> None:
        for board in shown.values():
            board["panels"] = [one for one in board["panels"] if f'"{indicator}"' not in str(one)]

    return remove


def hold_no_unit(shown: Dashboards) -> None:
    """Take a panel's unit."""
    first_panel(shown)["fieldConfig"]["defaults"].pop("unit")


BROKEN: list[tuple[Check, Breaking, str]] = [
    (unknown_series, asks("streams_fault_ticket"), "no metric is called streams_fault_ticket"),
    (unknown_series, asks('streams_fault_tickets{district="x"}'), "streams_fault_tickets has no label district"),
    (unknown_series, asks("sum by (district) (streams_fault_tickets)"), "nothing there has a label district"),
    (asking.figures_not_shown, without_panels_of("repeat_report_rate"), "repeat_report_rate: no panel shows"),
    (asking.averaged_ratios, asks(f"avg({RATIO})"), "adds up or averages ratios"),
    (asking.averaged_ratios, asks(f"avg_over_time({RATIO}[1h])"), "adds up or averages ratios"),
    (
        asking.averaged_ratios,
        asks("sum(figure:streams_indicator_numerator:max / figure:streams_indicator_denominator:max)"),
        "adds up or averages ratios",
    ),
    (form.unexplained, without("title"), "no title"),
    (form.unexplained, without("description"), "no description"),
    (form.unexplained, hold_no_unit, "no unit"),
    (form.ids_that_clash, lambda shown: shown[WALL]["panels"].append(first_panel(shown)), "stands 2 times"),
    (form.ids_that_clash, lambda shown: shown[WALL].update(uid=shown[INDICATORS]["uid"]), "2 dashboards"),
    (form.other_data_sources, lambda shown: first_panel(shown)["targets"][0].pop("datasource"), "another data source"),
    (form.other_data_sources, lambda shown: shown[WALL]["templating"]["list"].pop(0), "no variable"),
    (wrong_settings, lambda shown: shown[WALL].update(timezone="browser"), "time zone browser"),
    (wrong_settings, lambda shown: shown[WALL].update(schemaVersion=2), "schema 2"),
    (form.overlapping, lambda shown: first_panel(shown)["gridPos"].update(w=5), "has no place of its own"),
    (dead_links, lambda shown: first_panel(shown)["links"][0].update(url="/d/nowhere?viewPanel=1"), "leads nowhere"),
    (dead_links, lambda shown: shown["zh/outages"]["panels"].clear(), "MassOutage: no panel active_outages on outages"),
    (languages.one_sided, lambda shown: shown.pop("en/outages"), "outages: not in en"),
    (languages.one_sided, lambda shown: first_panel(shown).update(type="gauge"), "noc-wall: en is built otherwise"),
    (languages.one_sided, asks("vector(1)"), "noc-wall: en is built otherwise"),
    (languages.foreign_words, lambda shown: first_panel(shown).update(title="群障"), "title: 群障"),
    (round_trip.changed_by_the_model, lambda shown: first_panel(shown).update(tittle="x"), "tittle"),
]
CHECKS = list(dict.fromkeys(check for check, _, _ in BROKEN))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_dashboards_pass(check: Check) -> None:
    """The lint finds nothing in what `streams generate` makes."""
    assert list(check(dashboards())) == []


@pytest.mark.parametrize(("check", "break_it", "says"), BROKEN, ids=lambda part: getattr(part, "__name__", ""))
def test_a_check_finds_what_it_is_for(check: Check, break_it: Breaking, says: str) -> None:
    """Control: a dashboard that was broken in one place is found, and where."""
    shown = dashboards()
    break_it(shown)
    assert any(says in problem for problem in check(shown))
