"""Prints mass outages: those of now, those suspected, those of a month with its totals; and one that was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.core.definitions import Definitions
from streams.core.events.outage import Outage
from streams.core.outages.figures import OutageFigure, TotalFigure, hours
from streams.core.outages.impact import OutageImpact
from streams.core.outages.month import MonthOfOutages, OutageTotals
from streams.core.outages.scope import place
from streams.core.suspected import SuspectedOutage
from streams.reports.terminal.layout import new_table
from streams.reports.terminal.words import NOTHING, figure_words

TOTAL, PLANNED = "合计 total", "割接 planned work"
ESTIMATED = "≈"
HALF_WAY = Fraction(1, 2)
LANGUAGES = ("zh", "en")
UNKNOWN = "未知 unknown"


def print_outages(
    as_of: str,
    live: Sequence[OutageFigure],
    suspected: Sequence[SuspectedOutage],
    month: str,
    of_month: MonthOfOutages,
    definitions: Definitions,
    console: Console,
) -> None:
    """Print what is out now, what is suspected, and a month's outages with their totals."""
    zone = ZoneInfo(definitions.timezone)
    console.print(f"[bold]{month}[/] as of {as_of}", highlight=False)
    _print_table(_outages_table("群障 Now", live, definitions, zone), live, "群障 Now: no mass outage", console)
    for line in _duty_lines(live, definitions, zone):
        console.print(Text(line, style="bold red"), soft_wrap=True)
    _print_table(_suspected_table(suspected, zone), suspected, "疑似 Suspected: nothing", console)
    rows = of_month.outages
    _print_table(_outages_table(f"{month} 群障 Mass outages", rows, definitions, zone), rows, f"{month}: none", console)
    console.print(_totals_table(of_month.totals))


def print_written(outage: Outage, impact: OutageImpact | None, definitions: Definitions, console: Console) -> None:
    """Print what was written of one outage, and the users that follow from it."""
    zone = ZoneInfo(definitions.timezone)
    words = [f"{outage.id}, revision {outage.revision}: {outage.status}", place(outage.scope)]
    words.append(f"since {_when(outage.started_at, zone)}")
    if outage.restored_at is not None:
        words.append(f"over {_when(outage.restored_at, zone)}")
    if impact is not None:
        users = UNKNOWN if impact.users is None else f"{impact.users:,} ({impact.users_from})"
        words += [impact.branch, f"users: {users}", f"class: {_class(impact.severity, definitions)}"]
        if outage.restored_at is not None and impact.whole_user_microseconds is not None:
            words.append(f"user-hours: {figure_words(hours(impact.whole_user_microseconds))}")
    console.print(Text(", ".join(words)), soft_wrap=True)


def _print_table(table: Table, rows: Sequence[object], nothing: str, console: Console) -> None:
    console.print(table if rows else f"{nothing}\n", highlight=False)


def _outages_table(title: str, outages: Iterable[OutageFigure], definitions: Definitions, zone: ZoneInfo) -> Table:
    table = new_table(title)
    table.add_column("", no_wrap=True)
    for heading in ("地点\nplace", "分公司\nbranch", "开始\nbegan"):
        table.add_column(heading)
    for heading in ("小时\nhours", "用户 / 号段\nusers / range", "用户小时\nuser-hours", "申告\nreports"):
        table.add_column(heading, justify="right")
    for heading in ("级别\nclass", "状态\nstate"):
        table.add_column(heading)
    for outage in outages:
        table.add_row(
            Text(outage.id),
            Text(outage.place),
            Text(outage.branch),
            _when_told(outage.started_at, zone),
            figure_words(outage.hours),
            _users(outage),
            figure_words(outage.user_hours_whole),
            f"{outage.reports:,} / {outage.reporters:,}",
            _class(outage.severity, definitions),
            _state(outage, zone),
        )
    return table


def _state(outage: OutageFigure, zone: ZoneInfo) -> str:
    if outage.state != "active":
        return outage.state
    words = "active" if outage.users_out == outage.users else f"active, {outage.users_out:,} out"
    return words if outage.expected_at is None else f"{words}, until {_when_told(outage.expected_at, zone)}?"


def _duty_lines(outages: Iterable[OutageFigure], definitions: Definitions, zone: ZoneInfo) -> Iterator[str]:
    """Yield a line for every duty to report that an outage has reached, or is half way to."""
    names = {duty.id: duty.names for duty in definitions.outages.duties}
    for outage in outages:
        for duty in outage.duties:
            if duty.share is not None and Fraction(duty.share) >= HALF_WAY:
                due = "" if duty.due_at is None else f", report by {_when_told(duty.due_at, zone)}"
                name = _named(names[duty.duty]) or duty.duty
                way = "reached" if duty.reached else f"{int(100 * Fraction(duty.share))} % of the way to"
                yield f"{outage.id}: {way} {name}{due}"


def _suspected_table(suspected: Iterable[SuspectedOutage], zone: ZoneInfo) -> Table:
    table = new_table("疑似 Suspected")
    for heading in ("", "地点\nplace", "分公司\nbranch", "首报\nfirst report"):
        table.add_column(heading)
    for heading in ("号码\nlines", "申告\nreports", "把握\nconfidence"):
        table.add_column(heading, justify="right")
    table.add_column("原因\nreason")
    for one in suspected:
        table.add_row(
            one.id,
            Text(one.place),
            Text(one.branch),
            _when(one.first_report_at, zone),
            f"{one.lines:,}",
            f"{one.reports:,}",
            f"{one.confidence} %",
            Text(_named(one.reason, "\n")),
        )
    return table


def _totals_table(totals: OutageTotals) -> Table:
    table = new_table("合计 Totals: each line once at a time")
    table.add_column("")
    for heading in ("群障\noutages", "用户\nusers", "用户小时\nuser-hours", "SAIFI", "SAIDI min", "CAIDI min"):
        table.add_column(heading, justify="right")
    for name, total in {**totals.by_branch, TOTAL: totals.total, PLANNED: totals.planned}.items():
        table.add_row(Text(name), *_total_cells(total))
    return table


def _total_cells(total: TotalFigure) -> list[str]:
    unknown = f" ({total.unknown} {UNKNOWN})" if total.unknown else ""
    reliability = total.reliability
    return [
        figure_words(total.outages),
        f"{total.users:,}{unknown}",
        figure_words(total.user_hours),
        reliability.saifi or NOTHING,
        reliability.saidi_minutes or NOTHING,
        reliability.caidi_minutes or NOTHING,
    ]


def _users(outage: OutageFigure) -> str:
    """Return the users, marked if they are an estimate, and beside them how many numbers the ranges hold."""
    if outage.users is None:
        return UNKNOWN
    users = f"{ESTIMATED} {outage.users:,}" if outage.users_from == "given" else f"{outage.users:,}"
    return users if outage.numbers is None else f"{users} / {outage.numbers:,}"


def _class(severity: str | None, definitions: Definitions) -> str:
    names = {one.id: one.names for one in definitions.outages.severities}
    return NOTHING if severity is None else _named(names[severity]) or severity


def _named(names: Mapping[str, str], separator: str = " ") -> str:
    return separator.join(names[language] for language in LANGUAGES if language in names)


def _when_told(text: str, zone: ZoneInfo) -> str:
    return _when(datetime.fromisoformat(text), zone)


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%m-%d %H:%M}"
