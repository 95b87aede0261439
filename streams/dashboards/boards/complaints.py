"""Complaints: how many, by which way, about what, who answers late, and what it costs."""

from __future__ import annotations

from streams.core.catalogue import INDICATORS
from streams.core.catalogue import complaints as catalogue
from streams.core.definitions import Definitions
from streams.dashboards.boards.parts import count_by, course_of, figures_of, level_by, months_by
from streams.dashboards.queries import tiers_of
from streams.dashboards.spec import Board, Panel, Section

WINDOWS = ("month", "last_month", "7d", "24h")
COMPLAINTS, ESCALATED, CONDUCTS, SUBCATEGORIES, PENALTIES, PENALTY_FEN = catalogue.COUNTS
FEN_PER_YUAN = 100
ABOUT = ("complaint_timeliness_rate", "justified_complaint_rate", "network_fault_complaint_share")


def board(definitions: Definitions) -> Board:
    """Return the dashboard."""
    return Board(
        key="complaints",
        variables=("branch", "window"),
        windows=WINDOWS,
        refresh="30s",
        span="now-7d",
        sections=(
            Section(key="volume", panels=tuple(_volume())),
            Section(key="open", heading="open_now", panels=tuple(_open())),
            Section(
                key="rates",
                heading="rates",
                panels=tuple(
                    figures_of(one, tiers_of(one, definitions), key=f"complaints_{one.id}")
                    for one in INDICATORS
                    if one.id in ABOUT
                ),
            ),
            Section(key="months", heading="months", panels=tuple(_months())),
        ),
    )


def _volume() -> list[Panel]:
    return [
        course_of(COMPLAINTS, "24h", runbook="complaintsurge"),
        count_by(COMPLAINTS, "branch", runbook="complaintsurge"),
        count_by(COMPLAINTS, "channel", runbook="watchedchannelcomplaint"),
        count_by(COMPLAINTS, "category", runbook="complaintsurge"),
        count_by(ESCALATED, "branch", key="escalated_complaints", runbook="escalatedcomplaint"),
    ]


def _open() -> list[Panel]:
    return [level_by(entry, "department", runbook="complaintsoverdue") for entry in catalogue.LEVELS]


def _months() -> list[Panel]:
    return [
        months_by(CONDUCTS, ("conduct",)),
        months_by(SUBCATEGORIES, ("category", "subcategory")),
        months_by(PENALTIES, ("department",)),
        months_by(PENALTIES, ("kind",)),
        months_by(PENALTY_FEN, ("department",), unit="currencyCNY", divisor=FEN_PER_YUAN),
        months_by(PENALTY_FEN, ("kind",), unit="currencyCNY", divisor=FEN_PER_YUAN),
    ]
