"""Counts one month by brute force: every combination of labels anew, over plain lists of records."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.oracle import (
    assessments,
    callbacks,
    complaints,
    faults,
    linking,
    orders,
    outages,
)
from tests.oracle.counting import Cell, Counted, Town, in_month
from tests.oracle.faults import Durations
from tests.oracle.log import KINDS, Collected, collect
from tests.oracle.outages import OutageFigures
from tests.oracle.reading import Message, Record, microseconds


@dataclass(frozen=True)
class ReportFigures:
    """What a month's fault tickets and complaints say. A cell is the frozen set of its (label, value) pairs; the
    empty set is the total.

    `indicators` maps (indicator id, cell) to (numerator, denominator ≥ 1) and `counts` (measure, cell) to what was
    counted of complaints, never 0. Of fault tickets `tickets` maps every cell over service, product, family, brand
    and branch to the valid ones, `durations` the total and each service, `symptoms` and `causes` each service to its
    tickets by symptom and cause. `overdue` counts complaints by the department that handles them.
    """

    indicators: dict[tuple[str, Cell], tuple[int, int]]
    counts: dict[tuple[str, Cell], int]
    tickets: dict[Cell, int]
    durations: dict[Cell, Durations]
    symptoms: dict[str, Counter[str]]
    causes: dict[str, Counter[str]]
    overdue: Counter[str]


@dataclass(frozen=True)
class Figures(ReportFigures):
    """A month, recounted; `indicators` and `counts` are those of orders, call-backs and assessments as well.

    `outages` maps the id of each outage that began in the month or lasted into it to its figures.
    `without_outages` is the month as if the tickets and complaints that belong to an outage had never been made.
    `unreadable` counts messages by reason class over the whole log and all its topics, as do `wrong_key` (counted all
    the same) and `too_old` (not counted).
    """

    outages: dict[str, OutageFigures]
    without_outages: ReportFigures
    unreadable: Counter[str]
    wrong_key: int
    too_old: int


def recount(
    messages: Iterable[Message],
    *,
    period: str,
    as_of: datetime,
    families: Mapping[str, Collection[str]],
    prefixes: Mapping[str, str],
    placeholders: Collection[str],
    aliases: Mapping[str, str] | None = None,
    escalated_channels: Collection[str] = (),
    closed: Mapping[str, Collection[int]] | None = None,
    directory: Mapping[str, str] | None = None,
) -> Figures:
    """Count a month from the raw events of all kinds.

    Args:
        messages: (topic without the installation's prefix, key, value), as the log holds them.
        period: the month, such as "2009-07", in Asia/Shanghai.
        as_of: the aware instant at which what is not done yet is judged to be past due or not.
        families: brand family → its brands.
        prefixes: first digits of a number → branch, for events that name none; the longest match wins.
        placeholders: numbers that stand for no user.
        aliases: another name of a department → the one it is counted under.
        escalated_channels: channels whose complaints are escalated unless they say otherwise.
        closed: closed month → the positions in `messages` that lie at or past the offset at which it was closed.
        directory: number → site of the subscribers whom the operator has, where it keeps such a list.

    Raises:
        AssertionError: two different messages carry the same revision of one ticket.
    """
    closed = closed or {}

    def is_too_old(position: int, moment: int) -> bool:
        return any(position in late and in_month(moment, month) for month, late in closed.items())

    collected = collect(messages, is_too_old, closed.get(period, ()))
    town = Town(families, prefixes, placeholders, aliases or {}, escalated_channels)
    return count(collected, period, microseconds(as_of), town, directory or {})


def count(collected: Collected, period: str, as_of: int, town: Town, directory: Mapping[str, str]) -> Figures:
    """Count the newest revisions that belong to the month."""
    valid = {topic: collected.valid(topic) for topic in KINDS}
    month = {topic: of_month(topic, records, period) for topic, records in valid.items()}
    linked = {
        topic: linking.link(valid[topic], KINDS[topic].placed_by, valid["outages"], directory)
        for topic in ("faults", "complaints")
    }
    reports = count_reports(valid, valid["faults"], period, as_of, town)
    counted = Counted()
    orders.count(orders.prepare(month["orders"], valid["faults"], town), counted)
    callbacks.count(callbacks.prepare(month["callbacks"], town), counted)
    assessments.count(month["assessments"], counted)
    unlinked = {topic: linking.unlinked(records) for topic, records in linked.items()}
    both = replace(reports, indicators=reports.indicators | counted.indicators, counts=reports.counts | counted.counts)
    return Figures(
        **vars(both),
        outages=outages.count(valid["outages"], linked, town, directory, period, as_of),
        without_outages=count_reports(unlinked, valid["faults"], period, as_of, town),
        unreadable=collected.unreadable,
        wrong_key=collected.wrong_key,
        too_old=collected.too_old,
    )


def count_reports(
    reports: Mapping[str, list[Record]], all_faults: list[Record], period: str, as_of: int, town: Town
) -> ReportFigures:
    """Count the month's fault tickets and complaints among `reports`; any valid ticket may be repeated by one."""
    in_month = {topic: of_month(topic, reports[topic], period) for topic in ("faults", "complaints")}
    month_faults = faults.prepare(in_month["faults"], all_faults, town, as_of)
    month_complaints = complaints.prepare(in_month["complaints"], town, as_of)
    counted = Counted()
    faults.count(month_faults, counted)
    complaints.count(month_complaints, counted)
    return ReportFigures(
        indicators=counted.indicators,
        counts=counted.counts,
        tickets=faults.count_tickets(month_faults),
        durations=faults.count_durations(month_faults),
        symptoms=faults.count_words(month_faults, "symptom"),
        causes=faults.count_words(month_faults, "cause"),
        overdue=complaints.overdue_by_department(month_complaints),
    )


def of_month(topic: str, records: Iterable[Record], period: str) -> list[Record]:
    return [record for record in records if in_month(record[KINDS[topic].placed_by], period)]


def assert_equal(figures: ReportFigures, indicators: Iterable[Mapping[str, Any]]) -> None:
    """Compare with the `indicators` list of a snapshot, exactly and in both directions.

    Args:
        figures: the oracle's count.
        indicators: entries with `id`, `labels`, `numerator` and `denominator`; one with denominator 0 says nothing.

    Raises:
        AssertionError: lists every difference, one a line.
    """
    stated = [
        ((entry["id"], frozenset(entry["labels"].items())), (entry["numerator"], entry["denominator"]))
        for entry in indicators
        if entry["denominator"] != 0
    ]
    repeated = [where for where, times in Counter(where for where, _ in stated).items() if times > 1]
    differences = [f"{spell(where)}: stated more than once" for where in repeated]
    found = dict(stated)
    for where in figures.indicators.keys() | found.keys():
        expected, actual = figures.indicators.get(where), found.get(where)
        if expected != actual:
            differences.append(f"{spell(where)}: oracle {spell_rate(expected)}, snapshot {spell_rate(actual)}")
    assert not differences, "\n".join([f"{len(differences)} figures differ:", *sorted(differences)])


def assert_counts_equal(figures: ReportFigures, counts: Mapping[tuple[str, Cell], int]) -> None:
    """Compare with the sums of measures per cell, exactly and in both directions; a sum of 0 says nothing.

    Raises:
        AssertionError: lists every difference, one a line.
    """
    differences = [
        f"{spell(where)}: oracle {figures.counts.get(where, 0)}, counted {counts.get(where, 0)}"
        for where in figures.counts.keys() | counts.keys()
        if figures.counts.get(where, 0) != counts.get(where, 0)
    ]
    assert not differences, "\n".join([f"{len(differences)} counts differ:", *sorted(differences)])


def spell(where: tuple[str, Cell]) -> str:
    name, cell = where
    return f"{name}{{{', '.join(f'{label}={value}' for label, value in sorted(cell))}}}"


def spell_rate(rate: tuple[int, int] | None) -> str:
    return "nothing" if rate is None else f"{rate[0]}/{rate[1]}"
