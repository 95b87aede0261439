"""Alerts about customers: more complaints than usual, complaints over the city's head, overdue ones, orders on hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from streams.alerting.roster import CITY, Language
from streams.alerting.rules.alert import Alert, Timing
from streams.alerting.rules.records import SUSPECTED_REPORTS, in_known_branch, newest
from streams.alerting.rules.thresholds import SCOPE, SMALLEST_SAMPLE
from streams.alerting.rules.wording import LANGUAGES, TO_WHOLE, UNKNOWN_BRANCH, both, branch_name, chosen, words
from streams.core.catalogue.indicator import Text
from streams.core.definitions import Definitions
from streams.core.events.complaint import Complaint
from streams.core.events.order import WorkOrder


class Surge(NamedTuple):
    """A window that is looked at: how many of them the six days before have, and what it is called."""

    in_six_days: int
    words: Text


SURGES = {
    # Customers complain by day: its twelve hours are held against, not those of the night.
    "1h": Surge(6 * 12, both("1小时", "an hour")),
    "24h": Surge(6, both("24小时", "24 hours")),
}
DISPERSION = 2
"""Variance / mean of a window's complaints: real ones come in bunches, and a Poisson bound would alarm too often."""
DEVIATIONS = 4
FEWEST_OF_SURGE = 10
HELD_SHARE = 0.2
"""Of the open orders, so many on hold are more than customers alone ask for."""

VALUE = f"{{{{ $value | {TO_WHOLE} }}}}"


def customer_alerts(definitions: Definitions) -> Iterator[Alert]:
    """Yield the alerts."""
    yield _surge(definitions)
    yield _wave()
    yield _escalated(definitions)
    if definitions.watched_channels:
        yield _watched_channel(definitions)
    yield _overdue(definitions)
    yield _held(definitions)


def _surge(definitions: Definitions) -> Alert:
    """Return the alert of more complaints than usual, within a day or, where it is sudden, within an hour already."""
    windows: dict[Language, str] = {
        language: chosen("window", {window: surge.words[language] for window, surge in SURGES.items()})
        for language in LANGUAGES
    }
    return Alert(
        name="ComplaintSurge",
        expr="\nor\n".join(_more_than_usual(window, surge.in_six_days) for window, surge in SURGES.items()),
        severity="warning",
        kind="customers",
        feed=Complaint.topic,
        timing=Timing("5m", "1h"),
        labels={"scope": SCOPE},
        summary=both(
            f"投诉激增：{branch_name(definitions, 'zh')} {windows['zh']} {VALUE} 件",
            f"Complaints surge: {VALUE} in {windows['en']}, {branch_name(definitions, 'en')}",
        ),
        description=both(
            "明显多于前六天的平均。按类别和渠道查看来源；对照群障和割接，与网络部门统一答复口径。",
            "Far more than was usual in the six days before. See which categories and channels they come from, hold "
            "them against outages and cut-overs, and agree on what to answer.",
        ),
        anchor="complaintsurge",
    )


def _more_than_usual(window: str, in_six_days: int) -> str:
    """Return an expression for the complaints of a window where they are far more than in the six days before it.

    `in_six_days` is how many such windows these days have.
    """
    recent, day, week = (
        newest(f'streams_complaints{{window="{one}",by=~"|branch",branch!~"{UNKNOWN_BRANCH}"}}')
        for one in (window, "24h", "7d")
    )
    usual = f"(({week}\n    - ignoring (window) {day}) >= {SMALLEST_SAMPLE}) / {in_six_days}"
    bound = f"({usual}\n  + {DEVIATIONS} * sqrt({DISPERSION} * ({usual})))"
    surge = f"{recent} >= {FEWEST_OF_SURGE}\n> ignoring (window)\n{bound}"
    # A comparison takes the label away that it ignores.
    return f'label_replace(\n{surge},\n"window", "{window}", "", "")'


def _wave() -> Alert:
    return Alert(
        name="ReportWave",
        expr=f'{SUSPECTED_REPORTS}{{kind="wave"}}',
        severity="warning",
        kind="customers",
        timing=Timing(keep="15m"),
        summary=both(f"申告普遍激增：{VALUE} 件", f"Reports surge everywhere: {VALUE}"),
        description=both(
            "申告来自各处而非同一局点，不像群障：核对计费、业务平台和媒体消息。",
            "They come from everywhere, not from one place, so hardly from an outage: look at billing, service "
            "platforms and the news.",
        ),
        anchor="reportwave",
    )


def _escalated(definitions: Definitions) -> Alert:
    """Return the alert of complaints over the city's head; each one more is told, since their number is a label."""
    month, day = (in_known_branch(partial(_escalated_complaints, window), "sum") for window in ("month", "24h"))
    return Alert(
        name="EscalatedComplaint",
        expr=f'count_values by (branch) ("complaints", {month})\nand on (branch) ({day}) > 0',
        severity="warning",
        kind="customers",
        feed=Complaint.topic,
        timing=Timing(keep="5m"),
        summary=both(
            f"越级投诉：{branch_name(definitions, 'zh')}，本月第 {{{{ $labels.complaints }}}} 件",
            f"Escalated complaint: {branch_name(definitions, 'en')}, number {{{{ $labels.complaints }}}} of the month",
        ),
        description=both(
            "工信部、省公司或集团转来的投诉。当日联系用户，指定责任人，按要求时限回复转办部门。",
            "One that came by the ministry, the province or the group. Call the customer today, name who is "
            "responsible, and answer in the time that was set.",
        ),
        anchor="escalatedcomplaint",
    )


def _escalated_complaints(window: str, branches: str) -> str:
    return newest(f'streams_escalated_complaints{{window="{window}",by="branch",{branches}}}')


def _watched_channel(definitions: Definitions) -> Alert:
    """Return the alert of a complaint by a channel that is none of ours, though not over the city's head."""
    # A regular expression within a quoted text: what escapes there has to be escaped itself.
    channels = "|".join(map(re.escape, definitions.watched_channels)).replace("\\", "\\\\")
    month, day = (
        newest(f'streams_complaints{{window="{window}",by="channel",channel=~"{channels}"}}')
        for window in ("month", "24h")
    )
    english = chosen("channel", words(definitions, definitions.watched_channels, "en"))
    return Alert(
        name="WatchedChannelComplaint",
        expr=f'count_values by (channel) ("complaints", {month})\nand on (channel) {day} > 0',
        severity="warning",
        kind="customers",
        feed=Complaint.topic,
        timing=Timing(keep="5m"),
        summary=both(
            "外部渠道投诉：{{ $labels.channel }}，本月第 {{ $labels.complaints }} 件",
            f"Complaint by {english}: number {{{{ $labels.complaints }}}} of the month",
        ),
        description=both(
            "消协等外部渠道转来的投诉，可能公开。当日联系用户，并报告客服主管。",
            "One that came by a body outside the company and may become public. Call the customer today, and tell the "
            "head of customer service.",
        ),
        anchor="watchedchannelcomplaint",
    )


def _overdue(definitions: Definitions) -> Alert:
    department = chosen("department", words(definitions, definitions.handling_departments, "en"))
    return Alert(
        name="ComplaintsOverdue",
        expr=newest('streams_complaints_overdue{by="department"}') + " > 0",
        severity="warning",
        kind="customers",
        feed=Complaint.topic,
        branch=chosen("department", _branches(definitions), otherwise=CITY),
        timing=Timing("10m", "30m"),
        summary=both(
            f"投诉超时未答复：{{{{ $labels.department }}}} {VALUE} 件",
            f"Complaints overdue: {VALUE} at {department}",
        ),
        description=both(
            "逐单指定责任人，当日答复；超时将被省公司考核。",
            "Name somebody for each of them and answer today; the province penalises what is late.",
        ),
        anchor="complaintsoverdue",
    )


def _branches(definitions: Definitions) -> dict[str, str]:
    """Return handling department → its branch; those that work for the whole city are not there."""
    of_paying = {
        paying: branch for branch, all_paying in definitions.departments_of_branch.items() for paying in all_paying
    }
    return {
        handling: of_paying[paying]
        for handling, departments in definitions.penalised_for.items()
        for paying in departments
        if paying in of_paying
    }


def _held(definitions: Definitions) -> Alert:
    held, opened = (
        newest(f'streams_orders_{state}{{by="branch",branch!~"{UNKNOWN_BRANCH}"}}') for state in ("held", "open")
    )
    return Alert(
        name="OrdersHeld",
        expr=f"{held}\n> {HELD_SHARE} * ({opened} >= {SMALLEST_SAMPLE})",
        severity="warning",
        kind="customers",
        feed=WorkOrder.topic,
        timing=Timing("1h", "1h"),
        summary=both(
            f"装移机单挂起过多：{branch_name(definitions, 'zh')} {VALUE} 单",
            f"Too many orders on hold: {VALUE} at {branch_name(definitions, 'en')}",
        ),
        description=both(
            "超过在途工单的两成。逐单核对挂起原因：用户改期的登记新时间，缺资源的报网络部门，其余解挂。",
            "More than a fifth of the open ones. Go through them: note the new hour where the customer postponed, ask "
            "network operations where something is lacking, and take the others off hold.",
        ),
        anchor="ordersheld",
    )
