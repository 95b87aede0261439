"""Pre-processing rate (预处理率): tickets cleared at the front desk, without a dispatch."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import DAYS_AND_MONTHS, PLACE_LABELS, PLACE_ROLL_UPS
from streams.core.contributions.faults import PREPROCESSED, TICKETS

ENTRY = Indicator(
    id="preprocessing_rate",
    names={"zh": "预处理率", "en": "Pre-processing rate"},
    numerator=PREPROCESSED.name,
    denominator=TICKETS.name,
    labels=PLACE_LABELS,
    roll_ups=PLACE_ROLL_UPS,
    windows=DAYS_AND_MONTHS,
    better="higher",
    runbook={
        "zh": "抽查直接派单的故障：前台是否做了远程测试和密码重置；把常见现象补进预处理脚本。",
        "en": "Check a sample of dispatched tickets: did the front desk test the line and reset the password? Add the "
        "frequent symptoms to its script.",
    },
)
