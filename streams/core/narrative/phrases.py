"""Every phrase of the narrative, in Chinese and English: no digit stands in them, and no judgement of their own."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]

PHRASES: dict[str, tuple[str, str]] = {
    "comma": ("，", ", "),
    "end": ("。", "."),
    "listing": ("、", ", "),
    # A rate, and what is to be said of it.
    "no_data": ("{name}：本月无数据", "{name}: no data this month"),
    "rate": ("{name} {rate}（{numerator}/{denominator}）", "{name}: {rate} ({numerator} of {denominator})"),
    "met": ("达到{tier} {target}", "meets {tier} of {target}"),
    "missed": ("未达到{tier} {target}", "misses {tier} of {target}"),
    "too_few": ("样本不足，不作考核（置信区间 {low}–{high}）", "too few to judge (interval {low} to {high})"),
    "no_target": ("无考核目标", "no target is set"),
    "province": ("省公司目标", "the province's target"),
    "city": ("市公司目标", "the city's target"),
    "previous_month": ("上月", "the month before"),
    "previous_year": ("上年同月", "the same month last year"),
    "up": ("比{basis}上升 {points} 个百分点", "up {points} points on {basis}"),
    "down": ("比{basis}下降 {points} 个百分点", "down {points} points on {basis}"),
    "same": ("与{basis}持平", "the same as in {basis}"),
    "better": ("（改善）", " (better)"),
    "worse": ("（变差）", " (worse)"),
    "before_too_few": ("{basis}样本不足，不作比较", "too few in {basis} to compare"),
    "may_change": ("{day} 前仍可能变动", "may still change until {day}"),
    # Its branches.
    "best": (
        "分公司中{best}最好，为 {rate}（{numerator}/{denominator}）",
        "Best branch: {best} with {rate} ({numerator} of {denominator})",
    ),
    "worst": (
        "{worst}最差，为 {rate}（{numerator}/{denominator}）",
        "worst: {worst} with {rate} ({numerator} of {denominator})",
    ),
    "above_allowed": (
        "比{tier}所允许的多 {cases} 件，其中{branch}多 {part} 件，为各分公司最多",
        "{cases} cases more than {tier} allows; {branch} has {part} too many, the most of all branches",
    ),
    "short_of": (
        "距{tier}差 {cases} 件，其中{branch}差 {part} 件，为各分公司最多",
        "{cases} cases short of {tier}; {branch} is short of it by {part}, the most of all branches",
    ),
    "own_rate": (
        "与上月相比，{branch}自身比率的变动对全市比率影响最大（{effect} 个百分点）",
        "Against the month before, the rate of {branch} itself moved the city's most ({effect} points)",
    ),
    # Overview.
    "judge_province": ("省公司", "the province"),
    "judge_city": ("市公司", "the city"),
    "judged": ("{tier}考核 {judged} 项", "Figures judged by {tier}: {judged}"),
    "judged_met": ("达标 {met} 项", "met: {met}"),
    "judged_missed": ("未达标 {missed} 项（{names}）", "missed: {missed} ({names})"),
    "not_judged": ("样本不足、不作考核的 {many} 项（{names}）", "Too few to judge: {many} ({names})"),
    "without_data": ("本月无数据的 {many} 项（{names}）", "Without data this month: {many} ({names})"),
    "moves": (
        "与上月相比，改善 {better} 项，变差 {worse} 项",
        "Against the month before, {better} figures are better and {worse} worse",
    ),
    # Counts.
    "counted": ("{name} {count} 件", "{name}: {count}"),
    "more": ("比{basis}增加 {difference} 件", "{difference} more than in {basis}"),
    "less": ("比{basis}减少 {difference} 件", "{difference} fewer than in {basis}"),
    "as_many": ("与{basis}相同", "as many as in {basis}"),
    "growth": ("（{growth}）", " ({growth})"),
    "most_by_channel": ("按渠道以{name}最多，{count} 件，占 {share}", "Most by channel: {name}, {count} or {share}"),
    "most_by_category": ("按类别以{name}最多，{count} 件，占 {share}", "Most by category: {name}, {count} or {share}"),
    "most_overdue": (
        "超时 {count} 件，以{name}最多，{most} 件",
        "Overdue: {count}; most in {name}, {most}",
    ),
    "none_overdue": ("没有超时投诉", "No complaint was overdue"),
    "penalties": (
        "考核金额合计 {yuan} 元，以{name}最多，{most} 元",
        "Penalties come to {yuan} yuan; most for {name}, {most} yuan",
    ),
    "justified": (
        "有理由投诉 {count} 件，以{name}最多，{most} 件，占 {share}",
        "Justified: {count}; most of {name}, {most} or {share}",
    ),
    "top_symptom": ("故障现象以{name}最多，占 {share}", "Top symptom: {name} with {share}"),
    "top_cause": ("故障原因以{name}最多，占 {share}", "Top cause: {name} with {share}"),
    # Contact points.
    "rank": ("{name}省内排名第 {rank} 位", "{name}: place {rank} in the province"),
    "rank_better": ("上升 {places} 位", "{places} up"),
    "rank_worse": ("下降 {places} 位", "{places} down"),
    # Outages.
    "no_outages": ("本月没有群障", "No mass outage began in the month"),
    "outages": (
        "群障 {outages} 起，影响 {users} 户，合计 {hours} 用户小时",
        "{outages} mass outages, {users} users, {hours} user-hours in all",
    ),
    "largest_outage": (
        "用户小时最多的群障始于 {began}（{place}），{users} 户，{hours} 用户小时",
        "The outage with the most user-hours began on {began} ({place}): {users} users, {hours} user-hours",
    ),
    "reliability": ("SAIDI {saidi} 分钟，SAIFI {saifi}", "SAIDI {saidi} minutes, SAIFI {saifi}"),
    "caidi": ("CAIDI {caidi} 分钟", "CAIDI {caidi} minutes"),
}
"""Key → (Chinese, English); what stands in braces is filled in with names and cited figures."""
