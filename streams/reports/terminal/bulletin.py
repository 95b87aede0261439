"""Prints the bulletin of a week or a day: counts, indicators, complaints, symptoms, causes, beside the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.core.bulletin import Bulletin
from streams.core.bulletin_figures import WeekFigure
from streams.core.catalogue.indicator import Text as Names
from streams.core.definitions import NONE
from streams.core.figures import TopListFigure
from streams.core.ratios import Ratio, percent
from streams.core.tables import TOTAL
from streams.core.tables.month import JUDGING_TIER
from streams.core.tables.week import PENALTY_KINDS, ComparedCount, EventCount
from streams.core.targets import TIERS
from streams.reports.terminal.layout import new_table
from streams.reports.terminal.words import (
    MARKS,
    NOTHING,
    PENALTY_WORDS,
    VERDICTS,
    Share,
    change_words,
    figure_words,
    percent_words,
    share_words,
    verdict_words,
)

BEFORE, CHANGE = "上期 before", "环比 change"
NUMBER = "件 number"
ESCALATED = "越级 escalated"


def print_bulletin(bulletin: Bulletin, branches: Collection[str], console: Console) -> None:
    """Print the tables of a bulletin; of branches, those given and what has none have columns."""
    days = f"{bulletin.first_day} – {bulletin.last_day}"
    console.print(f"[bold]{bulletin.period}[/] {days}, as of {bulletin.as_of} ({bulletin.state})", highlight=False)
    for table in _tables(bulletin, {*branches, NONE}):
        console.print(table)
    names = ", ".join(_words(one.names) for one in bulletin.left_out)
    console.print(f"Left out, since users do not add up over days: {names}", highlight=False, soft_wrap=True)


def _tables(bulletin: Bulletin, shown: Collection[str]) -> Iterator[Table]:
    branches = [one.value for one in bulletin.counts[0].by_branch if one.value in shown]
    yield _counts_table(bulletin.counts, branches)
    yield _indicators_table([one for one in bulletin.indicators if "branch" not in one.labels])
    yield _branches_table(bulletin.indicators, branches)
    yield from _complaint_tables(bulletin.complaints)
    yield from (_top_table(top_list) for top_list in bulletin.top_lists if not top_list.labels)


def _counts_table(counts: Iterable[EventCount], branches: list[str]) -> Table:
    table = _numeric_table("受理量 Events, and their change", TOTAL, BEFORE, CHANGE, *branches)
    for one in counts:
        of_branch = {compared.value: compared for compared in one.by_branch}
        cells = [f"{of_branch[name].count:,} ({change_words(of_branch[name].change)})" for name in branches]
        table.add_row(Text(_words(one.names)), *_compared(one.in_all), *cells)
    return table


def _indicators_table(figures: list[WeekFigure]) -> Table:
    """Return a row per indicator and part; a tier without any target in force has no column."""
    tiers = [tier for tier in TIERS if tier == JUDGING_TIER or any(tier in one.targets for one in figures)]
    table = _numeric_table("指标 Indicators", "本期 now", BEFORE, "环比 pp")
    for tier in tiers:
        table.add_column(tier, no_wrap=True)
    for one in figures:
        name = _name(one)
        if one.provisional_until:
            name = f"{name} (provisional until {one.provisional_until})"
        before = NOTHING if one.previous is None else percent_words(_share(one.previous).rate_percent)
        cells = (share_words(_share(one)), before, change_words(one.change_points))
        table.add_row(Text(name), *cells, *(verdict_words(one, tier) for tier in tiers))
    return table


def _branches_table(figures: Iterable[WeekFigure], branches: list[str]) -> Table:
    title = f"分公司指标 Indicators by branch ({JUDGING_TIER}: {MARKS['met']} met, {MARKS['missed']} missed)"
    table = _numeric_table(title, *branches)
    rows: dict[str, dict[str, WeekFigure]] = {}
    for one in figures:
        if "branch" in one.labels:
            rows.setdefault(_name(one), {})[one.labels["branch"]] = one
    for name, row in rows.items():
        table.add_row(Text(name), *(_judged_rate(row.get(branch)) for branch in branches))
    return table


def _judged_rate(figure: WeekFigure | None) -> Text:
    if figure is None or not figure.denominator:
        return Text(NOTHING, style="dim")
    verdict = figure.verdicts[JUDGING_TIER]
    _, style = VERDICTS[verdict]
    return Text(f"{percent_words(_share(figure).rate_percent)} {MARKS.get(verdict, ' ')}", style=style)


def _complaint_tables(complaints: Mapping[str, Any]) -> Iterator[Table]:
    channels = dict.fromkeys(complaints["escalated_channels"], ESCALATED)
    title = f"投诉渠道 Complaints by channel ({ESCALATED}: {complaints['escalated']:,})"
    yield _compared_table(title, complaints["by_channel"], channels)
    yield _compared_table("投诉类别 Complaints by category", complaints["by_category"], {})
    yield _numbers_table("服务行为 Complaints about conduct", complaints["service_conduct"])
    yield _numbers_table("智能网 Intelligent network", complaints["intelligent_network"])
    yield _numbers_table("处理超时 Overdue, by handling department", complaints["overdue_by_department"])
    yield _penalties_table(complaints["penalties"])
    yield _justified_table(complaints["justified_by_department"], complaints["justified_shares_pct"])


def _compared_table(title: str, counts: Iterable[ComparedCount], marks: Mapping[str, str]) -> Table:
    table = _numeric_table(title, NUMBER, BEFORE, CHANGE)
    for one in counts:
        mark = marks.get(one.value)
        table.add_row(Text(f"{one.value} ({mark})" if mark else one.value), *_compared(one))
    return table


def _numbers_table(title: str, numbers: Mapping[str, int]) -> Table:
    table = _numeric_table(title, NUMBER)
    for name, number in numbers.items():
        table.add_row(Text(name.replace("total", TOTAL)), figure_words(number))
    return table


def _penalties_table(penalties: Mapping[str, list[Any]]) -> Table:
    """Return a row for each department that pays anything, and the total; a kind's cell is its number and its yuan."""
    headings = [PENALTY_WORDS[kind] for kind in PENALTY_KINDS]
    table = _numeric_table("考核 Penalties and their 元 yuan, by department that pays", *headings, "合计元 yuan")
    for department, row in penalties.items():
        *kinds, yuan = row
        if department != "columns" and (department == TOTAL or any(cell is not None for cell in kinds)):
            pairs = zip(kinds[::2], kinds[1::2], strict=True)
            cells = [NOTHING if number is None else f"{number}: {figure_words(fine)}" for number, fine in pairs]
            table.add_row(Text(department), *cells, figure_words(yuan))
    return table


def _justified_table(numbers: Mapping[str, int], shares: Mapping[str, float]) -> Table:
    table = _numeric_table("有理由投诉 Justified, by department found responsible", NUMBER, "占比 share")
    for department, number in numbers.items():
        table.add_row(Text(department), figure_words(number), percent_words(shares.get(department)))
    return table


def _top_table(top_list: TopListFigure) -> Table:
    table = _numeric_table(_words(top_list.names), "占比 share")
    for one in top_list.values:
        share = Share(one.count, top_list.total, percent(one.count, top_list.total))
        table.add_row(Text(one.value), share_words(share))
    return table


def _numeric_table(title: str, *headings: str) -> Table:
    table = new_table(title)
    # Chinese has no spaces to break at: a long name is folded, not cut off.
    table.add_column("", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _compared(one: ComparedCount) -> tuple[str, str, str]:
    return figure_words(one.count), figure_words(one.previous), change_words(one.change)


def _share(figure: WeekFigure | Ratio) -> Share:
    return Share(figure.numerator, figure.denominator, percent(figure.numerator, figure.denominator))


def _name(figure: WeekFigure) -> str:
    """Return an indicator's name and the part of it that a row is about; the branch is told by the column."""
    parts = [value for label, value in figure.labels.items() if label != "branch"]
    return " · ".join([_words(figure.names), *parts])


def _words(names: Names) -> str:
    return f"{names['zh']} {names['en']}"
