"""Every word of the report that is not data, in Chinese and English; and how values are written in either."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from streams.core.checks import (
    NOT_PRINTED,
    NOTHING_TO_RECOMPUTE,
    OTHER_COUNTS,
    OTHER_FIGURE,
    OTHER_RANGE,
    OTHER_TABLE,
    TOO_MANY,
)
from streams.core.tables import TOTAL
from streams.core.targets import Verdict
from streams.reports.document.model import Amount, Judgement, Kind, Language, Value

LANGUAGES: tuple[Language, ...] = ("zh", "en")
BLANK = "–"

VERDICT_SIGNS: dict[Verdict, str] = {"met": "√", "missed": "×", "too_few": "○", "no_data": "…", "no_target": "—"}
"""A sign beside the colour, so that a copy in black and white says the same; all of them are in GB 2312."""
VERDICT_WORDS: dict[Verdict, tuple[str, str]] = {
    "met": ("达标", "met"),
    "missed": ("未达标", "missed"),
    "too_few": ("样本不足", "too few"),
    "no_data": ("无数据", "no data"),
    "no_target": ("无目标", "no target"),
}

WORDS: dict[str, tuple[str, str]] = {
    "report_title": ("{year}年{month}月服务质量分析报告", "Service quality, {year}-{month:02}"),
    "state_provisional": ("未定稿", "provisional"),
    "state_frozen": ("已定稿", "frozen"),
    "state_restated": ("已重述", "restated"),
    "as_of": ("数据截至", "data as of"),
    "contents": ("目录", "Contents"),
    "continued": ("（续）", " (continued)"),
    "overview": ("总体情况", "Overview"),
    "indicators": ("指标分析", "Indicators"),
    "service": ("服务分析", "Service"),
    "plans": ("下月工作计划", "Plans for the next month"),
    "basis": ("数据说明", "About the figures"),
    "key_figures": ("主要指标", "Key figures"),
    "top_projects": ("TOP 项目", "Top projects"),
    "highlights": ("工作亮点", "Highlights"),
    "defects": ("缺陷清单", "Defects"),
    "on_time_fulfilment": ("我的E家履约准时率", "My E-Home: orders fulfilled on time"),
    "repeat_reports": ("我的E家重复申告率", "My E-Home: repeat reports"),
    "key_products": ("重点产品", "Key products"),
    "mobile": ("移动业务", "Mobile"),
    "broadband": ("宽带业务", "Broadband"),
    "vip": ("VIP 客户", "VIP customers"),
    "contact_points": ("服务窗口测评", "Contact points"),
    "complaints": ("投诉分析", "Complaints"),
    "timeliness": ("投诉处理及时性", "Timeliness of complaints"),
    "penalties": ("投诉考核", "Penalties"),
    "justified": ("有理由投诉", "Justified complaints"),
    "satisfaction": ("客户满意度", "Satisfaction"),
    "outages": ("群障", "Mass outages"),
    "cases": ("典型案例", "Typical cases"),
    "work_plans": ("工作安排", "Work plans"),
    "trend": ("趋势", "trend"),
    "printed_checks": ("印刷数据核对", "Printed figures that do not hold"),
    "origin": ("数据来源", "Origin"),
    "open_figures": ("尚可变动的指标", "Figures that may still change"),
    "closes_on": ("定稿日", "Settled on"),
    "restatement": ("重述：变动的指标", "Restatement: figures that moved"),
    "restated_because": ("重述原因：{reason}", "Restated because: {reason}"),
    "path": ("指标位置", "Figure"),
    "before": ("原值", "From"),
    "after": ("现值", "To"),
    "facts": ("依据工单", "Tickets"),
    "indicator": ("指标", "Indicator"),
    "branch": ("分公司", "Branch"),
    "brand": ("品牌", "Brand"),
    "product": ("产品", "Product"),
    "department": ("部门", "Department"),
    "channel": ("渠道", "Channel"),
    "category": ("类别", "Category"),
    "unit": ("单位", "Unit"),
    "item": ("项目", "Item"),
    "value": ("数值", "Value"),
    "count": ("件数", "Count"),
    "number": ("编号", "Number"),
    "text": ("内容", "What"),
    "date": ("日期", "Date"),
    "owner": ("责任人", "Owner"),
    "due": ("完成时间", "Due"),
    "state": ("状态", "State"),
    "solved": ("√ 已解决", "√ solved"),
    "open": ("○ 未解决", "○ open"),
    "complained_of": ("投诉内容", "Complaint"),
    "handling": ("处理情况", "Handling"),
    "suggestion": ("改进建议", "Suggestion"),
    "place": ("地点", "Place"),
    "scope": ("影响范围", "Scope"),
    "users": ("用户数", "Users"),
    "hours": ("历时（小时）", "Hours"),
    "user_hours": ("用户小时", "User-hours"),
    "services": ("业务", "Services"),
    "numbers": ("号段号码数", "Numbers in range"),
    "outage_count": ("群障数", "Outages"),
    "served": ("在网用户", "Users served"),
    "saidi": ("SAIDI（分钟）", "SAIDI (minutes)"),
    "caidi": ("CAIDI（分钟）", "CAIDI (minutes)"),
    "planned_work": ("割接", "Planned work"),
    "reliability": ("可靠性指标", "Reliability"),
    "orders": ("工单数", "Orders"),
    "appointed": ("预约数", "Appointed"),
    "on_time": ("准时数", "On time"),
    "appointment_rate": ("预约率", "Appointment rate"),
    "on_time_rate": ("履约准时率", "On-time rate"),
    "without_early_faults": ("剔除15天内故障", "Without early faults"),
    "reporters": ("申告用户", "Users who reported"),
    "repeat_reporters": ("重复申告用户", "Who reported again"),
    "rate": ("比率", "Rate"),
    "repeat_rate": ("重复申告率", "Repeat rate"),
    "reports": ("申告量", "Fault reports"),
    "of_count": ("总数", "Of"),
    "counted": ("符合数", "Counted"),
    "in_time": ("及时数", "In time"),
    "in_time_rate": ("保障及时率", "Restored in time"),
    "preprocessing": ("预处理", "Pre-processing"),
    "preprocessed": ("预处理数", "Pre-processed"),
    "other_reports": ("其他宽带申告", "Other broadband reports"),
    "previous_reports": ("上月申告量", "Reports last month"),
    "fewer": ("比上月减少", "Fewer than last month"),
    "more": ("比上月增加", "More than last month"),
    "growth": ("环比增幅", "Growth"),
    "against_last_month": ("环比", "Against last month"),
    "symptom": ("故障现象", "Symptom"),
    "cause": ("故障原因", "Cause"),
    "top_symptoms": ("主要故障现象", "Top symptoms"),
    "top_causes": ("主要故障原因", "Top causes"),
    "share": ("占比", "Share"),
    "called": ("回访数", "Called"),
    "reached": ("接通数", "Reached"),
    "reached_rate": ("接通率", "Reached"),
    "sample": ("样本量", "Sample"),
    "province_callback": ("省公司回访", "Call-backs by the province"),
    "local_callback": ("本地回访", "Our own call-backs"),
    "by_subject": ("本地回访（按类别）", "Our own call-backs by subject"),
    "subject": ("回访类别", "Subject"),
    "cases_count": ("投诉量", "Complaints"),
    "network_faults": ("通信障碍投诉", "About network faults"),
    "network_fault_share": ("通信障碍占比", "Share of network faults"),
    "other_business": ("其它业务投诉", "Other business"),
    "other_channels": ("其他渠道投诉", "Complaints by other channels"),
    "other_channels_by_category": ("其他渠道投诉（按类别）", "Other channels by category"),
    "escalated_mark": ("越级", "escalated"),
    "service_conduct": ("服务行为投诉", "Complaints about conduct"),
    "intelligent_network": ("智能网业务投诉", "Intelligent network"),
    "overdue": ("超时单数", "Overdue"),
    "overdue_by_department": ("超时投诉（按部门）", "Overdue complaints by department"),
    "yuan": ("金额（元）", "Yuan"),
    "penalty_overdue": ("超时", "Overdue"),
    "penalty_irregular_note": ("记录不规范", "Irregular notes"),
    "penalty_keying_error": ("录入错误", "Keying errors"),
    "penalty_total": ("合计（元）", "Total, yuan"),
    "justified_penalty": (
        "有理由投诉考核（{month}，{department}）",
        "Justified complaints, fined ({month}, {department})",
    ),
    "justified_by_department": ("有理由投诉（按责任部门）", "Justified complaints by department"),
    "justified_share": ("占有理由投诉", "Of the justified"),
    "province": ("省公司目标", "Province's target"),
    "city": ("市公司目标", "City's target"),
    "targets": ("考核目标", "Targets"),
    "changed_targets": ("本月内变动的考核目标", "Targets that changed in the month"),
    "tier": ("考核方", "Set by"),
    "target": ("目标", "Target"),
    "valid_from": ("起始日", "From"),
    "valid_until": ("截止日", "Until"),
    "judges": ("√ 用于本月考核", "√ judges this month"),
    "points": ("环比（百分点）", "Change (points)"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "previous_month": ("上月", "Month before"),
    "labels": ("维度", "Labels"),
    "until": ("（{day}前可能变动）", " (may change until {day})"),
    "one_month_only": ("趋势（仅有本月数据）", "trend (this month alone is held)"),
    "where": ("位置", "Where"),
    "printed": ("印刷值", "Printed"),
    "recomputed": ("重算值", "Recomputed"),
    "note": ("说明", "Note"),
    "period": ("月份", "Month"),
    "definitions": ("口径版本", "Definitions"),
    "digest": ("快照校验 SHA-256", "Snapshot's SHA-256"),
    "all_indicators": ("全部指标", "All indicators"),
    "all_counts": ("全部计数", "All counts"),
    "all_durations": ("修复时长", "Durations"),
    "all_top_lists": ("现象与原因", "Top lists"),
    "all_outages": ("群障明细", "Outages"),
    "all_offsets": ("日志位置", "Log offsets"),
    "restored": ("已修复", "Restored"),
    "mean_minutes": ("平均（分钟）", "Mean (minutes)"),
    "median": ("中位（分钟）", "Median (minutes)"),
    "p80": ("80%（分钟）", "80 % (minutes)"),
    "p95": ("95%（分钟）", "95 % (minutes)"),
    "longest": ("最长（分钟）", "Longest (minutes)"),
    "began": ("开始", "Began"),
    "ended": ("恢复", "Restored"),
    "topic": ("主题", "Topic"),
    "partition": ("分区", "Partition"),
    "offset": ("位置", "Offset"),
    "reporters_share": ("申告用户占比", "Share who reported"),
    "legend": (
        "√ 达标 × 未达标 ○ 样本不足 — 无目标 … 无数据",
        "√ met × missed ○ too few — no target … no data",
    ),
    "to_be_written": ("（待撰写）", "(to be written)"),
    "none_began": ("本月没有群障。", "No mass outage began in the month."),
}

VALUES: dict[str, tuple[str, str]] = {
    "rank_in_province": ("省内排名", "Rank in the province"),
    "better_by": ("名次上升", "Places won"),
    "worse_by": ("名次下降", "Places lost"),
    "problem_solving_rank": ("问题解决率排名", "Rank in problem solving"),
    "complaint_handling_rank": ("投诉处理排名", "Rank in complaint handling"),
    "complaint_timeliness_pct": ("投诉处理及时率（工单计）%", "Complaint timeliness (by tickets) %"),
    "complaint_timeliness_assessed": ("投诉处理及时率（省测评）", "Complaint timeliness (as assessed)"),
    "target_pct": ("目标 %", "Target %"),
    "hotline": ("客服热线", "Hotline"),
    "fault": ("故障", "Faults"),
    "order": ("装移机", "Orders"),
    "complaint": ("投诉", "Complaints"),
    "vip": ("VIP 客户", "VIP customers"),
    "none": ("未注明", "not stated"),
    TOTAL: ("合计", "Total"),
    OTHER_FIGURE: ("与事件重算值不同", OTHER_FIGURE),
    NOTHING_TO_RECOMPUTE: ("事件中无可重算的依据", NOTHING_TO_RECOMPUTE),
    NOT_PRINTED: ("报告漏列了当日的事件", NOT_PRINTED),
    OTHER_COUNTS: ("与印刷的件数不符", OTHER_COUNTS),
    OTHER_TABLE: ("与报告其他表格不符", OTHER_TABLE),
    TOO_MANY: ("超出报告其他表格所允许的数量", TOO_MANY),
    OTHER_RANGE: ("与印刷号段的号码数不符", OTHER_RANGE),
}
"""What values of the tables are called that the definitions do not name."""

OF_WHAT = frozenset(("key_products", "province_callback", "local_callback"))
"""What key figures are of that is no label's value."""


class Words:
    """The words of one language, and how values are written in it."""

    def __init__(self, language: Language, names: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Take the language, and what the definitions call labels' values: value → language → name."""
        self.language = language
        self._place = LANGUAGES.index(language)
        self._names = names or {}

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key of WORDS."""
        return WORDS[key][self._place].format(**values) if values else WORDS[key][self._place]

    def name(self, value: str) -> str:
        """Return what a label's value is called: by the definitions, by VALUES, else as it stands."""
        named = self._names.get(value, {}).get(self.language)
        if named is not None:
            return named
        return VALUES[value][self._place] if value in VALUES else value

    def of_what(self, key: str) -> str:
        """Return what stands before a key figure's name: a label's value, or a word of the report."""
        return self(key) if key in OF_WHAT else self.name(key)

    @property
    def total(self) -> str:
        """Return what a row of sums is called."""
        return self.name(TOTAL)

    def verdict(self, judgement: Judgement) -> str:
        """Return sign and word of a verdict, and the interval where the sample is too small."""
        words = f"{VERDICT_SIGNS[judgement.verdict]} {VERDICT_WORDS[judgement.verdict][self._place]}"
        if judgement.interval is None:
            return words
        low, high = judgement.interval
        return f"{words} {low}–{high}%"

    def cell(self, value: Value, kind: Kind) -> str:
        """Return a table's value as text."""
        if isinstance(value, Amount):
            return self.cell(value.value, value.kind)
        if value is None:
            return BLANK
        if isinstance(value, Judgement):
            return self.verdict(value)
        if isinstance(value, str):
            return value
        return _NUMBER_FORMATS[kind].format(value) if kind in _NUMBER_FORMATS else str(value)


_NUMBER_FORMATS: dict[Kind, str] = {
    "count": "{:,}",
    "percent": "{:.2f}%",
    "points": "{:+.2f}",
    "hours": "{:,.2f}",
    "yuan": "{:,.2f}",
    "decimal": "{:,.6g}",
}


def percent_of(ratio: str | None) -> float | None:
    """Return a snapshot's ratio (decimal text of a fraction of 1) in percent, to its own places."""
    return None if ratio is None else float(Decimal(ratio) * 100)
