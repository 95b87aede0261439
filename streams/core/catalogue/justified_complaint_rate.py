"""Justified complaints (有理由投诉) of each department found responsible, as a share of all complaints."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import HANDLED_LABELS, HANDLED_ROLL_UPS, MONTHS
from streams.core.contributions.complaints import COMPLAINTS, JUSTIFIED

ENTRY = Indicator(
    id="justified_complaint_rate",
    names={"zh": "有理由投诉率", "en": "Justified complaints"},
    numerator=JUSTIFIED.name,
    denominator=COMPLAINTS.name,
    labels=HANDLED_LABELS,
    roll_ups=HANDLED_ROLL_UPS,
    windows=MONTHS,
    better="lower",
    undivided=("department",),
    may_be_appealed=True,
    runbook={
        "zh": "逐单复核有理由投诉的定责，责任部门提交整改措施；对申诉改判的重新出数。",
        "en": "Go through the justified complaints one by one, have the department responsible say what it "
        "changes; an appeal that succeeds restates the figure.",
    },
)
