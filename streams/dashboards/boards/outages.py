"""Outages: what is out now, for how long, how many users and reports, and how near a duty to report is."""

from __future__ import annotations

from streams.alerting.rules.outages import HOUR_SECONDS, NEAR_SHARE
from streams.alerting.rules.records import (
    DUTY_RATIO,
    OUTAGE_REPORTS,
    OUTAGE_USER_SECONDS,
    OUTAGE_USERS,
    SUSPECTED_REPORTS,
    newest,
)
from streams.dashboards.queries import largest_by, selector
from streams.dashboards.spec import ALARM, TOP_WIDTH, WATCH, Board, Panel, Query, Section

BRANCH = selector(("branch",))
SINGLE = ("place", "branch", "class", "outage")
STATES = ("branch", "state")


def board() -> Board:
    """Return the dashboard."""
    return Board(
        key="outages",
        variables=("branch",),
        sections=(
            Section(key="live", panels=(*_totals(), active_outages(TOP_WIDTH, BRANCH), _suspicions())),
            Section(key="course", heading="course", panels=(_timeline(), _users(), _reports(), _duties())),
            Section(key="month", heading="this_month", panels=(_by_state(), _user_hours())),
        ),
    )


def active_outages(width: int, matchers: str = "") -> Panel:
    """Return the table of what is out now, those outages that matchers choose."""
    return Panel(
        key="active_outages",
        form="table",
        width=width,
        height=10 if width < TOP_WIDTH else 8,
        decimals=0,
        columns=SINGLE,
        queries=(
            Query(largest_by(SINGLE, f"{OUTAGE_USERS}{matchers}"), "users_out"),
            Query(largest_by(SINGLE, f"{OUTAGE_USER_SECONDS}{matchers}") + f" / {HOUR_SECONDS}", "user_hours"),
            Query(largest_by(SINGLE, f"{OUTAGE_REPORTS}{matchers}"), "reports"),
        ),
        runbook="massoutage",
    )


def _totals() -> list[Panel]:
    by_state = f"sum by (state) ({newest(f'streams_outages{BRANCH}')})"
    return [
        Panel(
            key="outages_by_state", form="stat", width=12, height=4, queries=(Query(by_state, labels=("state",)),),
            runbook="massoutage",
        ),
        Panel(
            key="users_out_by_branch", form="stat", width=12, height=4, steps=((1, ALARM),),
            queries=(Query(newest(f"streams_outage_users_out{BRANCH}"), labels=("branch",)),), runbook="massoutage",
        ),
    ]  # fmt: skip


def _suspicions() -> Panel:
    labels = ("place", "branch", "kind", "suspicion")
    return Panel(
        key="suspicions",
        form="table",
        width=TOP_WIDTH,
        height=6,
        columns=labels,
        queries=(Query(largest_by(labels, f"{SUSPECTED_REPORTS}{BRANCH}"), "reports"),),
        runbook="suspectedoutage",
    )


def _timeline() -> Panel:
    return Panel(
        key="timeline",
        form="timeline",
        width=TOP_WIDTH,
        steps=((1, WATCH), (500, ALARM)),
        queries=(Query(f"{OUTAGE_USERS}{BRANCH}", labels=("branch", "place")),),
        runbook="massoutage",
    )


def _users() -> Panel:
    return Panel(
        key="outage_users_now",
        form="series",
        is_stacked=True,
        queries=(Query(newest(f"streams_outage_users_out{BRANCH}"), labels=("branch",)),),
        runbook="massoutage",
    )


def _reports() -> Panel:
    return Panel(
        key="outage_reports_now",
        form="series",
        queries=(Query(f"{OUTAGE_REPORTS}{BRANCH}", labels=("branch", "place")),),
        runbook="massoutage",
    )


def _duties() -> Panel:
    return Panel(
        key="duties",
        form="bars",
        width=TOP_WIDTH,
        unit="percentunit",
        decimals=1,
        largest=1,
        steps=((NEAR_SHARE, WATCH), (1, ALARM)),
        queries=(Query(f"max by (duty) ({DUTY_RATIO}{BRANCH})", labels=("duty",)),),
        runbook="reportingdutynear",
    )


def _by_state() -> Panel:
    queries = (
        ("streams_outages", "outages", ""),
        ("streams_outage_users", "users", ""),
        ("streams_outage_user_seconds", "user_hours", f" / {HOUR_SECONDS}"),
        ("streams_outage_reports", "reports", ""),
    )
    return Panel(
        key="month_by_state",
        form="table",
        decimals=0,
        columns=STATES,
        queries=tuple(
            Query(largest_by(STATES, newest(f"{metric}{BRANCH}")) + unit, heading) for metric, heading, unit in queries
        ),
        runbook="massoutage",
    )


def _user_hours() -> Panel:
    seconds = f"sum by (branch) ({newest(f'streams_outage_user_seconds{BRANCH}')})"
    return Panel(
        key="month_user_hours",
        form="series",
        is_stacked=True,
        queries=(Query(f"{seconds} / {HOUR_SECONDS}", labels=("branch",)),),
        runbook="massoutage",
    )
