"""The rules do what they say: Prometheus' own checker takes them, and each alert fires and is quiet as it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.alerting.rules.groups import alerts
from streams.alerting.rules.records import RATIO, TARGET_IN_FORCE
from streams.definitions import load
from tests.alerting.rules import promtool
from tests.alerting.rules.cases import cases
from tests.alerting.rules.promtool import RULES
from tests.alerting.rules.series import figure, month, series, target
from tests.tools.debian import run

DEPLOY = RULES.parents[1]
DEFINITIONS = load(DEPLOY, timezone="Asia/Shanghai", ledger_months=2)
GROUPS = {group: {alert.name for alert in members} for group, members in alerts(DEFINITIONS).items()}
ALERTS = set().union(*GROUPS.values())
CASES = cases(DEFINITIONS)


def test_prometheus_takes_the_rules() -> None:
    """promtool finds nothing to complain about in prometheus.yml and in the rules that it names."""
    ended = run("promtool", "check", "config", "--lint-fatal", DEPLOY / "prometheus" / "prometheus.yml")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    ended = run("promtool", "check", "rules", *sorted(RULES.glob("*.yml")))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_alert_has_both_kinds_of_cases() -> None:
    """For each alert there is something that makes it fire, and (but for the Watchdog) something that does not."""
    assert {case.alert for case in CASES if case.fires} == ALERTS
    assert {case.alert for case in CASES if not case.fires} == ALERTS - {"Watchdog"}


@pytest.mark.parametrize("group", GROUPS)
def test_alerts_fire_when_they_should(group: str, tmp_path: Path) -> None:
    """Each case gives exactly the alerts that it names, at severity and branch; without data, or with too few, none."""
    members = [case for case in CASES if case.alert in GROUPS[group]]
    for every in sorted({case.every for case in members}):
        tests = [promtool.firing(case) for case in members if case.every == every]
        passes, said = promtool.check(tests, group, every, tmp_path)
        assert passes, said


SAYINGS = {
    "outages": (
        "群障（较大）：现业 663，600 户",
        "Mass outage (major): Urban 663, 600 users",
        "QZ-20090714-1：600 户中断，累计 600 用户小时，申告 41 件。",
        "即将达到上报标准：FCC NORS 90万用户分钟（分公司不明）",
        "The report is due at once.",
    ),
    "indicators": (
        "保障及时率未达省公司目标：重点产品 全市",
        "Timely restoration misses the province's target: Key products the whole city",
        "本月截至目前 8.1%，目标 8%。",
        "照此进度，本月 21 日起不达标；目标 5%。",
        "At this pace it is missed from day 18 of the month on; the target is 95%.",
        "No more than 3 bad events may follow this month; the target is 5%.",
    ),
    "customers": ("越级投诉：安岳，本月第 2 件", "Complaints overdue: 2 at Urban public customers"),
    "pipeline": ("4 个分区无人计数", "No fault tickets come in"),
}


@pytest.mark.parametrize("group", GROUPS)
def test_texts_can_be_read(group: str, tmp_path: Path) -> None:
    """With every alert come texts in both languages, whose templates Prometheus can fill in."""
    firing = {case.alert: case for case in reversed(CASES) if case.fires and case.alert in GROUPS[group]}
    said = ""
    for every in sorted({case.every for case in firing.values()}):
        tests = [promtool.texts(case) for case in firing.values() if case.every == every]
        said += promtool.check(tests, group, every, tmp_path)[1]
    for alert in firing:
        assert f'alertname="{alert}"' in said
    for wrong in ("error expanding", "<no value>", "{{"):
        assert wrong not in said
    for text in SAYINGS[group]:
        assert text in said


FLAPPING = "RepeatReportRateMissesProvinceTarget"
E8 = {"brand": "E8"}


@pytest.mark.parametrize(
    ("values", "notifications"),
    [
        pytest.param("90 70 " * 30 + "70x60", 0, id="from the beginning"),
        pytest.param("90x30 " + "70 90 " * 30 + "70x90", 2, id="after it was missed"),
    ],
)
def test_a_flapping_figure_is_no_flapping_alert(values: str, notifications: int, tmp_path: Path) -> None:
    """A value that crosses its target every minute for an hour is told twice at most: missed, and missed no more."""
    shown = month(10) | target("repeat_report_rate", "province", 0.08, E8)
    shown |= figure("repeat_report_rate", values, "1000x200", E8)
    firing = f'(count(ALERTS{{alertname="{FLAPPING}",alertstate="firing"}}) or vector(0))'
    at = f"{2 * 60 + 30}m"
    test = promtool.value(shown, f"changes({firing}[{at}:1m])", at, notifications)
    passes, said = promtool.check([test], "indicators", "1m", tmp_path)
    assert passes, said


def test_records_take_the_newest_replica_and_divide_sums(tmp_path: Path) -> None:
    """A replica that is behind lowers nothing; what has nothing to divide by has no ratio."""
    labels = {"indicator": "preprocessing_rate", "window": "month"}
    shown = {}
    for instance, numerator, denominator in (("a", 60, 100), ("b", 59, 99)):
        shown |= series("streams_indicator_numerator", numerator, instance=instance, job="streams-serve", **labels)
        shown |= series("streams_indicator_denominator", denominator, instance=instance, job="streams-serve", **labels)
    none = labels | {"window": "24h"}
    shown |= series("streams_indicator_numerator", 0, **none) | series("streams_indicator_denominator", 0, **none)
    test = promtool.value(shown, f"sum({RATIO})", "10m", 0.6)
    passes, said = promtool.check([test], "indicators", "5m", tmp_path)
    assert passes, said


def test_the_target_with_most_labels_counts(tmp_path: Path) -> None:
    """One for a service and family goes before one for the service, as in verdicts."""
    family = {"service": "broadband", "family": "我的E家"}
    name = "timely_restoration_rate"
    shown = figure(name, 97, 100, family) | target(name, "province", 0.95, family)
    shown |= target(name, "province", 0.9, {"service": "broadband"}) | month(10)
    test = promtool.value(shown, f'sum({TARGET_IN_FORCE}{{by="service,family"}})', "10m", 0.95)
    passes, said = promtool.check([test], "indicators", "5m", tmp_path)
    assert passes, said
