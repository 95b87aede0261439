"""What Alertmanager says of a group, and to which branch and page it belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.alerting.pager.pages import GroupUpdate
from streams.alerting.pager.webhook import WebhookError, branch_finder, group_update
from streams.alerting.roster import CITY
from streams.definitions import load
from streams.settings import Settings
from tests.alerting.pager.kit import alert, message, outage

DEFINITIONS = load(Settings.from_environment({}).definitions_dir, timezone="Asia/Shanghai", ledger_months=2)
FIND = branch_finder(DEFINITIONS)


def read(content: Any) -> GroupUpdate:
    """The group that a message is about."""
    return group_update(json.dumps(content).encode(), FIND)


@pytest.mark.parametrize(
    ("labels", "branch"),
    [
        ({"branch": "安岳"}, "安岳"),
        ({"branch": "安岳", "place": "663"}, "安岳"),
        ({"branch": "city", "place": "663"}, "现业"),
        ({"place": "6632xxx"}, "现业"),
        ({"place": "512, 523"}, "安岳"),
        ({"place": "512, 663"}, CITY),
        ({"branch": "成都", "place": "东大街"}, CITY),
        ({}, CITY),
    ],
)
def test_the_branch(labels: dict[str, str], branch: str) -> None:
    """A branch that is known is taken; without one the place's numbers tell, by places.yaml; else it is the city's."""
    assert FIND(labels) == branch


def test_what_the_alerts_are_about() -> None:
    """Outages and suspected ones with their class, duties to report; all of a group together are one page."""
    report = alert("ReportingDutyNear", report="nors")
    both = message(*outage()["alerts"], alert(suspicion="S-1", **{"class": "suspected"}), report, group="g")
    update = read(both)
    assert update.group == "g"
    assert update.subject.matters == ("outage/QZ-1/major", "report/nors/", "suspicion/S-1/suspected")


def test_many_alerts_are_one_subject() -> None:
    """Labels and texts of the gravest, and how many fire; those that are over do not count."""
    alerts = [alert("Breach", severity="warning", indicator=str(number)) for number in range(40)]
    update = read(message(*alerts, alert("Worse", indicator="x"), alert("Worst", "resolved"), group="g"))
    assert update.is_firing
    assert (update.subject.name, update.subject.alerts, update.subject.severity) == ("Worse", 41, "critical")
    assert update.subject.labels["indicator"] == "x"
    assert update.subject.summary["zh"] == "Worse "
    assert set(update.subject.summary) == {"zh", "en"}


def test_alerts_of_several_branches_are_the_citys() -> None:
    """One person is told, and it is nobody's own branch."""
    assert read(message(alert(branch="安岳"), alert(branch="乐至"))).subject.branch == CITY


def test_the_newest_class_of_an_outage_counts() -> None:
    """An alert of the old class goes on firing for a while beside that of the new one."""
    old = alert(**{"class": "critical", "outage": "QZ-1"}) | {"startsAt": "2026-11-23T10:00:00.5Z"}
    new = alert(**{"class": "major", "outage": "QZ-1"}) | {"startsAt": "2026-11-23T10:05:00+00:00"}
    for both in ((old, new), (new, old)):
        assert read(message(*both)).subject.labels["class"] == "major"


def test_the_end_of_a_group() -> None:
    """When none of its alerts fires any more."""
    assert not read(outage(status="resolved")).is_firing


@pytest.mark.parametrize(
    "content",
    [{}, [], "text", outage() | {"version": "3"}, outage() | {"alerts": []}, outage() | {"alerts": [{"status": "x"}]}],
)
def test_what_is_not_alertmanagers_is_refused(content: Any) -> None:
    """With a reason that somebody can act on."""
    with pytest.raises(WebhookError):
        read(content)
