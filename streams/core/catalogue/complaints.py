"""Complaints: how many came in, of which kinds, what they cost, and how many are open or overdue now."""

from __future__ import annotations

from streams.core.catalogue.indicator import Count, Level
from streams.core.catalogue.shapes import BRANCH_LABELS, BRANCH_ROLL_UPS, DAYS_AND_MONTHS, HANDLED_ROLL_UPS, MONTHS
from streams.core.contributions.complaints import (
    COMPLAINTS,
    CONDUCTS,
    DUE_SOON,
    ESCALATED,
    HANDLED,
    OPEN,
    OVERDUE,
    PENALTIES,
    PENALTY,
    PENALTY_FEN,
    SUBCATEGORIES,
)

COUNTS = (
    Count(
        id="complaints",
        names={"zh": "投诉量", "en": "Complaints"},
        measure=COMPLAINTS.name,
        labels=("channel", "category", "branch"),
        roll_ups=((), ("channel",), ("category",), ("branch",)),
        windows=("1h", *DAYS_AND_MONTHS),
    ),
    Count(
        id="escalated_complaints",
        names={"zh": "越级投诉量", "en": "Escalated complaints"},
        measure=ESCALATED.name,
        labels=BRANCH_LABELS,
        roll_ups=BRANCH_ROLL_UPS,
        windows=DAYS_AND_MONTHS,
    ),
    Count(
        id="complaint_conducts",
        names={"zh": "服务行为投诉量", "en": "Complaints about conduct"},
        measure=CONDUCTS.name,
        labels=CONDUCTS.labels,
        roll_ups=((), ("conduct",)),
        windows=MONTHS,
    ),
    Count(
        id="complaint_subcategories",
        names={"zh": "投诉小类", "en": "Complaints by subcategory"},
        measure=SUBCATEGORIES.name,
        labels=SUBCATEGORIES.labels,
        roll_ups=((), ("category", "subcategory")),
        windows=MONTHS,
    ),
    Count(
        id="penalties",
        names={"zh": "投诉考核单数", "en": "Penalties for complaints"},
        measure=PENALTIES.name,
        labels=PENALTY,
        roll_ups=((), ("department",), ("kind",)),
        windows=MONTHS,
    ),
    Count(
        id="penalty_fen",
        names={"zh": "投诉考核金额（分）", "en": "Penalties for complaints, in fen"},
        measure=PENALTY_FEN.name,
        labels=PENALTY,
        roll_ups=((), ("department",), ("kind",)),
        windows=MONTHS,
    ),
)


def _level(state: str, measure: str, name_zh: str) -> Level:
    return Level(
        id=f"complaints_{state}",
        names={"zh": name_zh, "en": f"Complaints {state.replace('_', ' ')}"},
        measure=measure,
        labels=HANDLED,
        roll_ups=HANDLED_ROLL_UPS,
    )


LEVELS = (
    _level("open", OPEN.name, "在途投诉"),
    _level("overdue", OVERDUE.name, "超时在途投诉"),
    _level("due_soon", DUE_SOON.name, "两小时内到期投诉"),
)
