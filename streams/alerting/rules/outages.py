"""Alerts about mass outages: one that goes on, one that is suspected, and a duty to report that comes near."""

from __future__ import annotations

from collections.abc import Iterator

from streams.alerting.roster import Language
from streams.alerting.rules.alert import Alert, Timing
from streams.alerting.rules.records import (
    DUTY_RATIO,
    OUTAGE_REPORTS,
    OUTAGE_USER_SECONDS,
    OUTAGE_USERS,
    SUSPECTED_REPORTS,
    in_known_branch,
)
from streams.alerting.rules.wording import LANGUAGES, TO_PERCENT, TO_WHOLE, both, branch_name, chosen, looked_up
from streams.core.definitions import Definitions
from streams.core.events.outage import Outage

NEAR_SHARE = 0.8
"""A duty to report is near when so much of what it takes has come up."""
KEEP = "1m"
"""Longer than figures are not shown while a worker starts anew, so that this neither ends nor begins an alert."""
HOUR_SECONDS = 3600
UNKNOWN = both("分公司不明", "unknown branch")


def outage_alerts(definitions: Definitions) -> Iterator[Alert]:
    """Yield the alerts; the class of an outage is a label, so that a change of it is told."""
    yield _active(definitions)
    yield _suspected(definitions)
    yield from _duties(definitions)


def _active(definitions: Definitions) -> Alert:
    severities = definitions.outages.severities
    in_words = {
        language: chosen("class", {severity.id: severity.names.get(language, severity.id) for severity in severities})
        for language in LANGUAGES
    }
    least = severities[0].id if severities else ""
    users = looked_up(OUTAGE_USERS, {}, ("outage",), TO_WHOLE)
    user_hours = looked_up(OUTAGE_USER_SECONDS, {}, ("outage",), TO_WHOLE, HOUR_SECONDS)
    branch = _branch_name(definitions)
    reports = f"{{{{ $value | {TO_WHOLE} }}}}"
    return Alert(
        name="MassOutage",
        expr=OUTAGE_REPORTS,
        severity="critical",
        kind="outage",
        feed=Outage.topic,
        timing=Timing(keep=KEEP),
        labels={"severity": f'{{{{ if eq $labels.class "{least}" }}}}warning{{{{ else }}}}critical{{{{ end }}}}'},
        summary=both(
            f"群障（{in_words['zh']}）：{branch['zh']} {{{{ $labels.place }}}}，{users} 户",
            f"Mass outage ({in_words['en']}): {branch['en']} {{{{ $labels.place }}}}, {users} users",
        ),
        description=both(
            f"{{{{ $labels.outage }}}}：{users} 户中断，累计 {user_hours} 用户小时，申告 {reports} 件。",
            f"{{{{ $labels.outage }}}}: {users} users out, {user_hours} user-hours so far, {reports} reports.",
        ),
        anchor="massoutage",
    )


def _suspected(definitions: Definitions) -> Alert:
    branch = _branch_name(definitions)
    return Alert(
        name="SuspectedOutage",
        expr=f'{SUSPECTED_REPORTS}{{kind="outage"}}',
        severity="critical",
        kind="outage",
        timing=Timing(keep=KEEP),
        labels={"class": "suspected"},
        summary=both(
            f"疑似群障：{branch['zh']} {{{{ $labels.place }}}}，申告 {{{{ $value | {TO_WHOLE} }}}} 件",
            f"Suspected outage: {branch['en']} {{{{ $labels.place }}}}, {{{{ $value | {TO_WHOLE} }}}} reports",
        ),
        description=both(
            "同一局点短时间内申告突增，尚无人申报群障。请核实网络状态，确认后申报，或予以排除。",
            "Reports from one place have risen within minutes, and nobody has declared an outage. Look at the network, "
            "then declare it or rule it out.",
        ),
        anchor="suspectedoutage",
    )


def _branch_name(definitions: Definitions) -> dict[Language, str]:
    return {language: branch_name(definitions, language, UNKNOWN) for language in LANGUAGES}


def _duties(definitions: Definitions) -> Iterator[Alert]:
    timed = [duty for duty in definitions.outages.duties if duty.within_minutes]
    names: dict[Language, str] = {
        language: chosen("duty", {duty.id: duty.names[language] for duty in definitions.outages.duties})
        for language in LANGUAGES
    }
    deadline: dict[Language, str] = {
        "zh": chosen("duty", {duty.id: f"须在 {duty.within_minutes} 分钟内上报" for duty in timed}, "须立即上报"),
        "en": chosen("duty", {duty.id: f"due within {duty.within_minutes} minutes" for duty in timed}, "due at once"),
    }
    branch = _branch_name(definitions)
    # The label `duty` of an alert is the roster's: the duty to report goes by another name.
    by_branch = in_known_branch(lambda matcher: f"{DUTY_RATIO}{{{matcher}}}", "max")
    ratio = f'label_replace({by_branch}, "report", "$1", "duty", "(.+)")'
    share = f"{{{{ $value | {TO_PERCENT} }}}}"
    yield Alert(
        name="ReportingDutyNear",
        expr=f"{ratio} >= {NEAR_SHARE} < 1",
        severity="warning",
        kind="outage",
        timing=Timing(keep=KEEP),
        feed=Outage.topic,
        summary=both(
            f"即将达到上报标准：{names['zh']}（{branch['zh']}）",
            f"A duty to report is near: {names['en']} ({branch['en']})",
        ),
        description=both(
            f"已达标准的 {share}。请准备上报材料；达到后{deadline['zh']}。",
            f"{share} of what it takes. Get the report ready; once the duty is reached it is {deadline['en']}.",
        ),
        anchor="reportingdutynear",
    )
    yield Alert(
        name="ReportingDutyReached",
        expr=f"{ratio} >= 1",
        severity="critical",
        kind="outage",
        timing=Timing(keep=KEEP),
        feed=Outage.topic,
        summary=both(
            f"已达到上报标准：{names['zh']}（{branch['zh']}）",
            f"A duty to report is reached: {names['en']} ({branch['en']})",
        ),
        description=both(
            f"{deadline['zh']}。请按网络运行值班流程报告，并记录时间。",
            f"The report is {deadline['en']}. Make it as the rules of the network centre say, and note when.",
        ),
        anchor="reportingdutyreached",
    )
