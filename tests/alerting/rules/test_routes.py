"""The way of an alert: to whom it goes, and beside which others it is not told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from streams.alerting.roster import CITY
from streams.alerting.rules.routes import NOWHERE, WATCHDOG, receiver
from tests.alerting.rules.test_rules import DEFINITIONS, DEPLOY
from tests.tools.debian import run
from tests.tools.servers import Alertmanager

CONFIGURATION = DEPLOY / "alertmanager" / "alertmanager.yml"
BRANCHES = (*DEFINITIONS.branches, CITY)


def routed(labels: Mapping[str, str]) -> str:
    """Return the receiver of an alert, as Alertmanager's own tool finds it."""
    pairs = [f"{name}={value}" for name, value in labels.items()]
    ended = run("amtool", "config", "routes", "test", f"--config.file={CONFIGURATION}", *pairs)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_alertmanager_takes_its_configuration() -> None:
    """amtool finds nothing to complain about."""
    ended = run("amtool", "check-config", CONFIGURATION)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_severity_and_branch_choose_the_receiver(severity: str, branch: str) -> None:
    """Every severity of every branch goes to that branch's receiver for it."""
    labels = {"alertname": "A", "kind": "indicator", "severity": severity, "branch": branch}
    assert routed(labels) == receiver(branch, severity)


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_all_about_outages_goes_one_way(severity: str, branch: str) -> None:
    """An outage that begins small and grows stays one page: its severity does not choose the way."""
    labels = {"alertname": "MassOutage", "kind": "outage", "severity": severity, "branch": branch}
    assert routed(labels) == receiver(branch, "critical")


@pytest.mark.parametrize("branch", BRANCHES)
def test_info_goes_nowhere(branch: str) -> None:
    """What is only looked at on panels is told to nobody."""
    assert routed({"alertname": "A", "kind": "indicator", "severity": "info", "branch": branch}) == NOWHERE


def test_unknown_branches_are_the_city_s() -> None:
    """An alert of a branch that nobody listed still reaches somebody; the Watchdog has a way of its own."""
    assert routed({"alertname": "A", "severity": "critical", "branch": "成都"}) == receiver(CITY, "critical")
    assert routed({"alertname": "A"}) == receiver(CITY, "warning")
    assert routed({"alertname": "Watchdog", "severity": "info"}) == WATCHDOG


OUTAGE = {"alertname": "MassOutage", "kind": "outage", "severity": "critical", "branch": "现业", "class": "major"}
MISSED = {
    "alertname": "RepeatReportRateMissesCityTarget",
    "kind": "indicator",
    "severity": "warning",
    "branch": "现业",
    "scope": "branch",
    "tier": "city",
    "indicator": "repeat_report_rate",
    "brand": "E8",
    "feed": "faults",
}
IN_CITY = {"branch": CITY, "scope": "city"}
BY_PROVINCE = {"alertname": "RepeatReportRateMissesProvinceTarget", "tier": "province", "severity": "critical"}
FORECAST = {"alertname": "RepeatReportRateWillMissTarget"}
SILENT = {"alertname": "FaultsSilent", "kind": "pipeline", "severity": "warning", "branch": CITY, "feed": "faults"}
PIPELINE = {"kind": "pipeline", "severity": "critical", "branch": CITY}
SUSPECTED = {"alertname": "SuspectedOutage", "class": "suspected"}
NEAR = {"alertname": "ReportingDutyNear", "kind": "outage", "severity": "warning", "branch": "现业", "report": "nors"}

INHIBITIONS = {
    "what is so for the whole city is not told for a branch": (MISSED | IN_CITY, MISSED, MISSED | {"brand": "E6"}),
    "the province's target says more than the city's own": (MISSED | BY_PROVINCE, MISSED, MISSED | {"branch": "简阳"}),
    "what is missed need not be forecast": (MISSED, MISSED | FORECAST, MISSED | FORECAST | {"brand": "E6"}),
    "one forecast is enough": (
        MISSED | FORECAST | {"tier": "province"},
        MISSED | FORECAST,
        MISSED | FORECAST | {"branch": "简阳"},
    ),
    "an outage explains the figures of its branch": (OUTAGE, MISSED, MISSED | {"branch": "简阳"}),
    "a grave outage explains the city's figures": (
        OUTAGE,
        MISSED | IN_CITY,
        MISSED | {"branch": "简阳", "brand": "E6"},
    ),
    "a small one does not": (
        OUTAGE | {"severity": "warning", "branch": "简阳"},
        MISSED | {"branch": "简阳"},
        MISSED | IN_CITY,
    ),
    "a grave outage explains that the whole city complains": (
        OUTAGE,
        {"alertname": "ComplaintSurge", "kind": "customers"} | IN_CITY,
        {"alertname": "EscalatedComplaint", "kind": "customers"} | IN_CITY,
    ),
    "an outage explains a surge of complaints there": (
        OUTAGE,
        {"alertname": "ComplaintSurge", "kind": "customers", "branch": "现业"},
        {"alertname": "EscalatedComplaint", "kind": "customers", "branch": "现业"},
    ),
    "a declared outage is no longer suspected": (
        OUTAGE | {"place": "663"},
        OUTAGE | SUSPECTED | {"place": "663"},
        OUTAGE | SUSPECTED | {"place": "618"},
    ),
    "a duty that is reached is no longer near": (
        NEAR | {"alertname": "ReportingDutyReached"},
        NEAR,
        NEAR | {"report": "x"},
    ),
    "a silent feed says nothing of what it feeds": (SILENT, MISSED, MISSED | {"feed": "orders"}),
    "without figures nothing is judged": (PIPELINE | {"alertname": "FiguresNotShown"}, MISSED, OUTAGE),
    "a clock that stands still is no silence": (PIPELINE | {"alertname": "DataTimeBehind"}, SILENT, OUTAGE),
    "that nobody counts explains that the clock stands still": (
        PIPELINE | {"alertname": "PartitionsNotCounted"},
        PIPELINE | {"alertname": "DataTimeBehind"},
        PIPELINE | {"alertname": "FiguresNotShown"},
    ),
}
"""What is so → an alert, one that it makes needless, and one that it does not."""


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Alertmanager:
    """Alertmanager with the shipped configuration; nobody listens where it sends."""
    with Alertmanager(CONFIGURATION, tmp_path_factory.mktemp("alertmanager")) as running:
        yield running


@pytest.mark.parametrize("why", INHIBITIONS)
def test_what_says_nothing_new_is_not_told(why: str, alertmanager: Alertmanager) -> None:
    """One alert makes another needless, and leaves a third alone."""
    source, needless, left_alone = INHIBITIONS[why]
    with alertmanager.firing(source, needless, left_alone) as states:
        assert states == ["active", "suppressed", "active"], why
