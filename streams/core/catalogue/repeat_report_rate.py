"""Repeat-report rate (重复申告率): how many of the users who reported a fault in a month reported again in it."""

from __future__ import annotations

from streams.core.catalogue.indicator import Indicator
from streams.core.catalogue.shapes import BRAND_LABELS, BRAND_ROLL_UPS, MONTHS
from streams.core.contributions.faults import REPEAT_REPORTERS, REPORTERS

ENTRY = Indicator(
    id="repeat_report_rate",
    names={"zh": "重复申告率", "en": "Repeat-report rate"},
    numerator=REPEAT_REPORTERS.name,
    denominator=REPORTERS.name,
    labels=BRAND_LABELS,
    roll_ups=(*BRAND_ROLL_UPS, ("brand", "branch")),
    windows=MONTHS,
    better="lower",
    runbook={
        "zh": "列出本月两次及以上申告的用户，按分公司和品牌查看共同原因；对三次以上的用户安排上门复查并回访。",
        "en": "List the month's users with two or more reports, look for what their branch and brand share; send "
        "somebody to those with three or more, and call them back.",
    },
)
