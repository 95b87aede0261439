"""NOC wall: what is wrong now, to be read from five metres."""

from __future__ import annotations

from streams.alerting.rules.records import NOW, SUSPECTED_REPORTS, newest
from streams.core.catalogue import LEVELS, Level
from streams.core.definitions import Definitions
from streams.core.months import HOUR, SLOT
from streams.core.targets import TIERS
from streams.dashboards.boards.outages import active_outages
from streams.dashboards.queries import largest_by, level, missed, or_nothing
from streams.dashboards.spec import ALARM, WATCH, Board, Panel, Query, Section

SLOTS_AN_HOUR = HOUR // SLOT
DUE_SOON = tuple(entry for entry in LEVELS if entry.id.endswith("_due_soon"))
FIRING = 'ALERTS{alertstate="firing",severity=~"critical|warning"}'
BREACH_LABELS = ("indicator", "service", "family", "brand", "branch")


def board(definitions: Definitions) -> Board:
    """Return the dashboard; its table of breaches tells the tiers apart."""
    return Board(
        key="noc-wall",
        sections=(
            Section(key="now", panels=tuple(_now())),
            Section(key="burst", panels=(_burst(), active_outages(10))),
            Section(key="due", heading="due_soon", panels=tuple(map(_due, DUE_SOON))),
            Section(key="wrong", heading="wrong", panels=(_breaches(definitions), _alerts())),
        ),
        span="now-3h",
    )


def _now() -> list[Panel]:
    active = 'sum(max without (instance, job) (streams_outages{state="active"}))'
    return [
        _figure("active", active, ALARM, "massoutage"),
        _figure("suspected", or_nothing(f"count({SUSPECTED_REPORTS})"), ALARM, "suspectedoutage"),
        _figure("users_out", f"sum({newest('streams_outage_users_out')})", ALARM, "massoutage"),
        *(
            _figure(f"breaches_{tier}", or_nothing(f"count({missed(tier)})"), colour)
            for tier, colour in zip(TIERS, (ALARM, WATCH), strict=True)
        ),
        _figure("due_total", " + ".join(level(entry) for entry in _without_label("due_soon")), WATCH),
        Panel(
            key="data_time", form="stat", unit="dateTimeAsIso", width=12, height=5,
            queries=(Query(f"{NOW} * 1000"),), runbook="datatimebehind",
        ),
        _figure("overdue_total", " + ".join(level(entry) for entry in _without_label("overdue")), ALARM),
        _figure("firing", or_nothing(f"count({FIRING})"), ALARM),
    ]  # fmt: skip


def _without_label(state: str) -> list[Level]:
    return [entry for entry in LEVELS if entry.id.endswith(f"_{state}")]


def _figure(key: str, expr: str, colour: str, runbook: str = "") -> Panel:
    return Panel(
        key=key, form="stat", width=4 if key not in ("overdue_total", "firing") else 6, height=5, decimals=0,
        steps=((1, colour),), queries=(Query(expr),), runbook=runbook,
    )  # fmt: skip


def _burst() -> Panel:
    """Return the reports of five minutes; a band's width goes with the root of what is counted."""
    mean, upper = (
        newest(f'streams_fault_tickets_expected{{branch="",bound="{bound}"}}') for bound in ("mean", "upper")
    )
    return Panel(
        key="burst",
        form="series",
        width=14,
        height=10,
        queries=(
            Query(newest('streams_fault_tickets{window="5m",by=""}'), "reports_5m"),
            Query(f"{mean} / {SLOTS_AN_HOUR}", "usual_mean"),
            Query(
                f"{mean} / {SLOTS_AN_HOUR} + ignoring (bound) ({upper} - ignoring (bound) {mean})"
                f" / {SLOTS_AN_HOUR} ^ 0.5",
                "usual_upper",
            ),
        ),
        runbook="suspectedoutage",
    )


def _due(entry: Level) -> Panel:
    label = "department" if "department" in entry.labels else "branch"
    return Panel(
        key=entry.id,
        form="bars",
        width=8,
        text="due_soon",
        words={"name": entry.names},
        steps=((1, WATCH), (10, ALARM)),
        queries=(Query(f"{level(entry, (label,))} > 0", labels=(label,)),),
    )


def _breaches(definitions: Definitions) -> Panel:
    tiers = [tier for tier in TIERS if any(target.tier == tier for target in definitions.targets)]
    return Panel(
        key="breaches",
        form="table",
        width=14,
        height=10,
        unit="percentunit",
        decimals=2,
        columns=BREACH_LABELS,
        queries=tuple(Query(largest_by(BREACH_LABELS, missed(tier)), f"misses_{tier}") for tier in tiers),
    )


def _alerts() -> Panel:
    return Panel(
        key="alerts",
        form="table",
        width=10,
        height=10,
        columns=("severity", "alertname", "branch", "place"),
        queries=(Query(f"count by (severity, alertname, branch, place) ({FIRING})", "alerts"),),
    )
