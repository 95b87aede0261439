"""What every alert has: a severity, a branch, texts in two languages, and a place in the runbook."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from streams.alerting.roster import CITY
from streams.alerting.roster_file import ROSTER_FILE, RosterError, load_roster
from streams.alerting.rules.alert import RUNBOOK, Alert
from streams.alerting.rules.figures import not_shown
from streams.alerting.rules.files import files
from streams.alerting.rules.groups import alerts, rule_files
from streams.alerting.rules.planned_work import PLANNED_WORK_FILE, PlannedWork, PlannedWorkError, load_planned_work
from streams.alerting.rules.routes import alertmanager_config, receiver
from streams.alerting.rules.scraping import Endpoints
from streams.core.catalogue import INDICATORS
from streams.core.definitions import Target
from streams.settings import Settings
from tests.alerting.pager.kit import ROSTER, definitions_folder
from tests.alerting.rules.test_rules import DEFINITIONS, DEPLOY
from tests.conftest import Run

ALERTS = [alert for members in alerts(DEFINITIONS).values() for alert in members]
SETTINGS = Settings.from_environment({})


def anchors(markdown: str) -> list[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_names_are_unique() -> None:
    """A name is one alert: silences, the runbook and people go by it."""
    names = [alert.name for alert in ALERTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_says_all_that_a_person_needs(alert: Alert) -> None:
    """Severity, branch, summary and description in both languages, and a heading of the runbook that is there."""
    rule = alert.rule()
    assert {"severity", "kind", "branch"} <= rule["labels"].keys()
    for text in ("summary", "summary_en", "description", "description_en"):
        assert rule["annotations"][text].strip()
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page == RUNBOOK
    assert anchor in anchors((DEPLOY.parent / page).read_text(encoding="utf-8"))


UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds(duration: str) -> int:
    """Return one of Prometheus' durations in seconds."""
    return int(duration[:-1]) * UNITS[duration[-1]]


FIGURES = [alert for alert in ALERTS if alert.kind == "indicator"]


@pytest.mark.parametrize("alert", FIGURES, ids=lambda alert: alert.name)
def test_a_figure_that_comes_and_goes_by_the_minute_is_told_twice_at_most(alert: Alert) -> None:
    """Minutes neither begin nor end an alert: however often it crosses, it begins once and ends once.

    promtool shows for one of them that it is so (test_rules).
    """
    assert seconds(alert.timing.wait) > 60
    assert seconds(alert.timing.keep) > 60


def test_every_indicator_has_a_place_in_the_runbook() -> None:
    """Who gives an indicator its first target makes alerts of it: the runbook knows it already."""
    known = anchors((DEPLOY.parent / RUNBOOK).read_text(encoding="utf-8"))
    assert len(known) == len(set(known))
    assert {indicator.id for indicator in INDICATORS} <= set(known)


def test_a_new_target_makes_new_rules() -> None:
    """A target for an indicator that had none gives it alerts, recorded targets and a city's tier."""
    target = Target(indicator="vip_callback_rate", labels={}, tier="city", ratio="0.9", valid_from=date(2009, 1, 1))
    changed = msgspec.structs.replace(DEFINITIONS, targets=(*DEFINITIONS.targets, target))
    added = {one.name for one in alerts(changed)["indicators"]} - {
        one.name for one in alerts(DEFINITIONS)["indicators"]
    }
    assert added == {"VipCallbackRateMissesCityTarget", "VipCallbackRateFewBadEventsLeft"}
    [missed] = [one for one in alerts(changed)["indicators"] if one.name == "VipCallbackRateMissesCityTarget"]
    assert missed.severity == "warning"
    assert ">= 30" in missed.expr, "the indicator's own smallest sample is larger than that of alerts"
    assert rule_files(changed)["records.yml"] != rule_files(DEFINITIONS)["records.yml"]


def test_every_target_is_watched() -> None:
    """/metrics shows a figure for each shipped target; one by labels that it does not show is named."""
    assert not_shown(DEFINITIONS) == []
    labels = {"service": "broadband", "brand": "E8"}
    target = Target(
        indicator="repeat_report_rate", labels=labels, tier="city", ratio="0.1", valid_from=date(2009, 1, 1)
    )
    assert not_shown(msgspec.structs.replace(DEFINITIONS, targets=(target,))) == [target]


def test_without_targets_no_indicator_alerts() -> None:
    """No target is a state of its own: nothing is missed, and the other alerts stay."""
    changed = msgspec.structs.replace(DEFINITIONS, targets=())
    assert alerts(changed)["indicators"] == []
    assert alerts(changed)["outages"] == alerts(DEFINITIONS)["outages"]


def test_somebody_answers_for_every_alert() -> None:
    """A roster without one of the duties that alerts are for is refused, and the message names it."""
    roster = load_roster(DEPLOY / ROSTER_FILE, DEFINITIONS.branches)
    without = {name: duty for name, duty in roster.duties.items() if name != "service"}
    with pytest.raises(RosterError, match="service"):
        files(DEFINITIONS, msgspec.structs.replace(roster, duties=without), [], Endpoints.from_settings(SETTINGS))


def planned(text: str, folder: Path) -> list[PlannedWork]:
    """Return the planned work that a file with this text holds."""
    path = folder / "planned-work.yaml"
    path.write_text(text, encoding="utf-8")
    return load_planned_work(path, ("现业",))


def test_planned_work_mutes_the_warnings_of_its_branches(tmp_path: Path) -> None:
    """Of the branch named, and only warnings: what is critical and all about outages goes out."""
    work = planned(
        'planned: [{name: cut-over, branches: [现业], date: 2026-12-05, from: "00:00", until: "05:00"}]', tmp_path
    )
    tree = alertmanager_config(("现业", "简阳"), work, "Asia/Shanghai", SETTINGS.pager)
    muted = {route["receiver"] for route in tree["route"]["routes"] if "mute_time_intervals" in route}
    assert muted == {receiver("现业", "warning")}
    [interval] = tree["time_intervals"]
    assert interval["time_intervals"][0]["days_of_month"] == ["5"]
    assert receiver(CITY, "critical") in {one["name"] for one in tree["receivers"]}


FINE = """\
planned:
  - name: a
    branches: [现业]
    from: "00:00"
    until: "05:00"
"""


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("[现业]", "[现业, 成都]", r"line 3: planned\[0\].branches\[1\]: '成都' is not one of"),
        ('from: "00:00"', 'from: "22:00"', "line 5: .* divide it"),
        ('"00:00"', '"25:00"', r"line 4: planned\[0\].from: "),
        ("name: a", "name: A b", r"line 2: planned\[0\].name: "),
        ("    until", "    weekday: monday\n    until", r"line 2: planned\[0\]: .*'weekday'"),
        ("planned:", "planned:\n  - {name: a, branches: [现业], from: '01:00', until: '02:00'}", "line 3: .* twice"),
        ('"05:00"', "'05:0", "line 6: .*end of stream"),
    ],
)
def test_what_planned_work_cannot_mean_is_refused(right: str, wrong: str, problem: str, tmp_path: Path) -> None:
    """An unknown branch or field, hours over midnight or that are none, a name twice or unfit, no YAML: by line."""
    assert [work.name for work in planned(FINE, tmp_path)] == ["a"]
    with pytest.raises(PlannedWorkError, match=rf"planned-work\.yaml, {problem}"):
        planned(FINE.replace(right, wrong), tmp_path)


def test_check_tells_what_is_wrong_with_planned_work(run: Run, tmp_path: Path) -> None:
    """Beside the roster's problems, each by itself."""
    folder = definitions_folder(tmp_path, ROSTER)
    (folder / PLANNED_WORK_FILE).write_text(FINE.replace("现业", "成都").replace("00:00", "09:00"), encoding="utf-8")
    settings = {"STREAMS_DEFINITIONS_DIR": str(folder), "STREAMS_BROKER": "127.0.0.1:1"}
    found = json.loads(run("check", "--json", settings=settings).stdout)
    told = [one["what_to_do"] for one in found if one["subject"] == "planned work"]
    assert [re.sub(".*yaml, ", "", text)[:8] for text in told] == ["line 3: ", "line 5: "]
