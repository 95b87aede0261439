"""When alerts about outages fire, and when they do not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.alerting.rules.cases.case import Case
from tests.alerting.rules.series import series


def outages() -> Iterator[Case]:
    """Yield the cases of alerts about outages."""
    place = {"outage": "QZ-20090714-1", "place": "663", "branch": "现业"}
    yield Case(
        "MassOutage",
        "a large outage wakes the branch's manager",
        series("streams_active_outage_reports", 41, **place, class_="major")
        | series("streams_active_outage_users", 600, **place, class_="major")
        | series("streams_active_outage_user_seconds", 2_160_000, **place, class_="major"),
        fires=({"severity": "critical", "branch": "现业", "class": "major", "outage": "QZ-20090714-1"},),
        at="1m",
        every="1m",
    )
    yield Case(
        "MassOutage",
        "one of the least class is a warning; without a known branch it is the city's",
        series("streams_active_outage_reports", 0, outage="A", place="x", branch="none", class_="minor"),
        fires=({"severity": "warning", "branch": "city", "class": "minor"},),
        at="1m",
        every="1m",
    )
    yield Case(
        "MassOutage",
        "nobody knows how many users: it may be many",
        series("streams_active_outage_reports", 3, **place, class_="unknown"),
        fires=({"severity": "critical", "class": "unknown"},),
        at="1m",
        every="1m",
    )
    yield Case(
        "MassOutage",
        "a restored outage is over after a minute",
        series("streams_active_outage_reports", "41x10 _x20", **place, class_="major")
        | series("streams_outages", 1, branch="现业", state="restored"),
        at="17m",
        every="1m",
    )
    yield Case(
        "MassOutage",
        "figures that are not shown for 40 seconds while a worker starts anew neither end nor begin an alert",
        series("streams_active_outage_reports", "41x10 stale 41x10", **place, class_="major"),
        fires=({"class": "major"},),
        at="11m",
        every="1m",
    )
    suspicion = {"suspicion": "S1", "place": "663", "branch": "现业"}
    yield Case(
        "SuspectedOutage",
        "a burst from one place pages at once",
        series("streams_suspected_outage_reports", 6, **suspicion, kind="outage"),
        fires=({"severity": "critical", "branch": "现业", "kind": "outage", "suspicion": "S1"},),
        at="1m",
        every="1m",
    )
    yield Case(
        "SuspectedOutage",
        "a wave of complaints from everywhere is no outage",
        series("streams_suspected_outage_reports", 60, **suspicion, kind="wave"),
    )
    yield Case(
        "ReportWave",
        "it is told to customer service",
        series("streams_suspected_outage_reports", 60, suspicion="S1", place="", branch="other", kind="wave"),
        fires=({"severity": "warning", "branch": "city", "kind": "customers"},),
    )
    yield Case(
        "ReportWave",
        "a burst from one place is none",
        series("streams_suspected_outage_reports", 6, **suspicion, kind="outage"),
    )
    for alert, share, severity in (("ReportingDutyNear", 0.8, "warning"), ("ReportingDutyReached", 1, "critical")):
        yield Case(
            alert,
            f"{share} of what a duty takes has come up; branches that are unknown are the city's, once",
            series("streams_outage_duty_ratio", share, duty="nors", branch="现业")
            | series("streams_outage_duty_ratio", share, duty="nors", branch="none")
            | series("streams_outage_duty_ratio", share, duty="nors", branch="other"),
            fires=(
                {"severity": severity, "branch": "现业", "report": "nors", "duty": "network"},
                {"severity": severity, "branch": "city", "report": "nors", "duty": "network"},
            ),
            at="1m",
            every="1m",
        )
        yield Case(
            alert,
            "a little less is not near",
            series("streams_outage_duty_ratio", share - 0.01, duty="nors", branch="现业"),
        )
