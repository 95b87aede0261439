"""The words for what stands in the paths of figures and is not called so anywhere in the report, in both languages."""

from __future__ import annotations

from streams.core.tables.penalties import JUSTIFIED, KINDS

FIELDS: dict[str, tuple[str, str]] = {
    "id": ("标识", "Id"),
    "ratio": ("比率", "Ratio"),
    "verdicts": ("结论", "Verdict"),
    "budget": ("目标余量", "Room left by the target"),
    "allowed": ("允许数", "Allowed"),
    "left": ("剩余数", "Left"),
    "spent_on": ("用尽日", "Spent on"),
    "previous": ("上月值", "Value of the month before"),
    "previous_year": ("上年同月", "Same month last year"),
    "interval": ("95% 区间", "95 % interval"),
    "without_outages": ("剔除群障", "Without mass outages"),
    "without_major_days": ("剔除重大群障日", "Without major days"),
    "family": ("品牌族", "Family"),
    "caller": ("回访方", "Caller"),
    "by_province": ("省公司", "the province"),
    "by_ourselves": ("本地", "ourselves"),
    "conduct": ("服务行为", "Conduct"),
    "subcategory": ("小类", "Subcategory"),
    "kind": ("考核事项", "Fined for"),
    "durations": ("修复时长", "Restoration times"),
    "mean_seconds": ("平均（秒）", "Mean (seconds)"),
    "outages": ("群障", "Mass outages"),
    "outage_totals": ("群障合计", "Mass outages in all"),
    "status": ("核实情况", "Status"),
    "planned": ("割接", "Planned work"),
    "prefixes": ("号码前缀", "Prefixes"),
    "ranges": ("号段", "Ranges"),
    "sites": ("站点", "Sites"),
    "expected_at": ("预计恢复", "Expected back"),
    "users_from": ("用户数来源", "Who gives the users"),
    "severity": ("等级", "Severity"),
    "symptoms": ("故障现象", "Symptoms"),
    "first_report_at": ("首次申告", "First report"),
    "last_report_at": ("末次申告", "Last report"),
    "unknown": ("用户数不明的群障", "Outages of unknown users"),
    "saifi": ("SAIFI", "SAIFI"),
    "t_med_minutes": ("重大群障日门限（分钟）", "Threshold of a major day (minutes)"),
    "major_days": ("重大群障日", "Major days"),
    "total": ("合计", "Total"),
    "sum": ("总和", "Sum"),
    "month": ("月份", "Month"),
    "columns": ("表头", "Heading"),
    "better": ("优的方向", "Which side is better"),
    "faults": ("申告量", "Fault reports"),
    "products": ("重点产品", "Products"),
    "fewer_than_last_month": ("比上月减少", "Fewer than last month"),
    "more_than_last_month": ("比上月增加", "More than last month"),
    "restored_in_time_target": ("保障及时率目标", "Target of restoration in time"),
    "escalated_channels": ("越级渠道", "Escalated channels"),
    "other_channels_within_cases": ("其他渠道计入投诉量", "Other channels are part of the cases"),
    "reached_pct": ("接通率", "Share reached"),
    "called_by_subject": ("按类别的回访数", "Called by subject"),
    "penalty_total": ("金额合计（元）", "Yuan in all"),
    "yuan_overdue": ("超时金额（元）", "Overdue, yuan"),
    "yuan_irregular_note": ("记录不规范金额（元）", "Irregular notes, yuan"),
    "yuan_keying_error": ("录入错误金额（元）", "Keying errors, yuan"),
    "justified_penalty": ("有理由投诉考核", "Justified complaints, fined"),
    "cases_scope": ("投诉量口径", "What the cases are"),
    "note": ("备注", "Note"),
    "plan": ("计划", "Plan"),
    "subscriber": ("用户号码", "Subscriber"),
    "site": ("站点", "Site"),
    "symptom": ("故障现象", "Symptom"),
    "as_printed": ("印刷值", "As printed"),
}
"""The step of a path → what it is called there; these go before the words of the report."""

SAME_AS = {
    "median_minutes": "median",
    "p80_minutes": "p80",
    "p95_minutes": "p95",
    "max_minutes": "longest",
    "saidi_minutes": "saidi",
    "caidi_minutes": "caidi",
    "started_at": "began",
    "restored_at": "ended",
    "reporter_share": "reporters_share",
    "previous_month_reports": "previous_reports",
    "other_broadband_reports": "other_reports",
    "network_fault_count": "network_faults",
    "justified_shares": "justified_share",
    "cases": "cases_count",
}
"""The step of a path → the word of the report that means the same."""

INDICATOR_OF = {
    "repeat_reports": "repeat_report_rate",
    "restored_in_time": "timely_restoration_rate",
    "unknown_cause": "unknown_cause_rate",
    "other_cause": "other_cause_rate",
    "timely": "callback_timely_rate",
    "attitude": "callback_attitude_rate",
    "satisfied": "callback_satisfied_rate",
}
"""The step of a path → the indicator whose name it has."""

NOT_TOLD = frozenset(("earlier", "values", "counts", "by_branch", "reliability"))
"""Steps that say nothing to a reader: the ones around them say all."""

VALUE_WORDS = {
    ("caller", "province"): "by_province",
    ("caller", "local"): "by_ourselves",
    ("kind", JUSTIFIED): "justified",
    **{("kind", kind): f"penalty_{kind}" for kind in KINDS},
}
"""(Label, value) → the word for it, where the value is one of the contract and no name."""

NUMBERED = ("第 {number} 项", "No. {number}")
"""An entry of a list that nothing but its place names."""
INTERVAL_ENDS = (("下限", "lower end"), ("上限", "upper end"))
RANGE_ENDS = (("首号", "first number"), ("末号", "last number"))
