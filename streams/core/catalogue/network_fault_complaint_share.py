"""Share of complaints about network faults (通信障碍): what maintenance, not service, has to answer for."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import BRANCH_LABELS, BRANCH_ROLL_UPS, DAYS_AND_MONTHS
from streams.core.contributions.complaints import COMPLAINTS, NETWORK_FAULT

ENTRY = Indicator(
    id="network_fault_complaint_share",
    names={"zh": "通信障碍投诉占比", "en": "Complaints about network faults"},
    numerator=NETWORK_FAULT.name,
    denominator=COMPLAINTS.name,
    labels=BRANCH_LABELS,
    roll_ups=BRANCH_ROLL_UPS,
    windows=DAYS_AND_MONTHS,
    better="lower",
    runbook={
        "zh": "对照同期故障申告和群障，找出投诉集中的局点；与网络部门核实并统一答复口径。",
        "en": "Hold them against the faults and outages of the same days, find the exchange they cluster at, and "
        "agree with network operations on what to answer.",
    },
)
