"""Orders and call-backs, and the fault tickets that crews work on: how many, how many wait, and what was kept."""

from __future__ import annotations

from streams.core.catalogue import INDICATORS, fault_tickets
from streams.core.catalogue import orders as catalogue
from streams.core.contributions import MEASURES
from streams.core.definitions import Definitions
from streams.core.events.callback import Callback
from streams.core.events.order import WorkOrder
from streams.dashboards.boards.parts import count_by, course_of, figures_of, level_by
from streams.dashboards.queries import tiers_of
from streams.dashboards.spec import Board, Section

WINDOWS = ("month", "last_month", "7d", "24h")
ORDERS, REMINDERS = catalogue.COUNTS


def board(definitions: Definitions) -> Board:
    """Return the dashboard."""
    return Board(
        key="orders",
        variables=("branch", "brand", "service", "window"),
        windows=WINDOWS,
        refresh="30s",
        span="now-7d",
        sections=(
            Section(
                key="orders",
                panels=(
                    course_of(ORDERS, "24h", runbook="orderssilent"),
                    count_by(ORDERS, "branch"),
                    count_by(ORDERS, "brand"),
                    count_by(REMINDERS, "branch"),
                ),
            ),
            Section(
                key="open",
                heading="open_now",
                panels=tuple(level_by(entry, "branch", runbook="ordersheld") for entry in catalogue.LEVELS),
            ),
            *(
                Section(
                    key=topic,
                    heading=f"rates_{topic}",
                    panels=tuple(
                        figures_of(one, tiers_of(one, definitions), key=f"orders_{one.id}")
                        for one in INDICATORS
                        if MEASURES[one.denominator].topic == topic
                    ),
                )
                for topic in (WorkOrder.topic, Callback.topic)
            ),
            Section(
                key="faults",
                heading="fault_tickets",
                panels=(
                    course_of(fault_tickets.COUNT, "1h", runbook="faultssilent"),
                    count_by(fault_tickets.COUNT, "service"),
                    *(level_by(entry, "branch", width=6) for entry in fault_tickets.LEVELS),
                ),
            ),
        ),
    )
