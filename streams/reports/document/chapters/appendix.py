"""Every figure of the snapshot, for the workbook: indicators, counts, top lists, durations, outages, offsets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streams.core.figures import MONTHS_BACK, Basis, IndicatorFigure
from streams.core.ratios import percent
from streams.core.targets import TIERS
from streams.logs import masked_text
from streams.reports.document.making import Making, judgement, target_percent
from streams.reports.document.model import Column, Kind, Row, Section, Share, Table
from streams.reports.document.words import percent_of

SECONDS_A_MINUTE = 60


def appendix(making: Making) -> tuple[Section, ...]:
    """Return a section, and so a sheet, for each kind of figure."""
    made = {
        "all_indicators": _indicators(making),
        "all_counts": _counts(making),
        "all_top_lists": _top_lists(making),
        "all_durations": _durations(making),
        "all_outages": _outages(making),
        "all_offsets": _offsets(making),
    }
    return tuple(Section("", making.words(key), (), (table,)) for key, table in made.items())


def _labels(making: Making, labels: Mapping[str, str]) -> str:
    return ", ".join(f"{label}={masked_text(making.words.name(value))}" for label, value in labels.items())


def _indicators(making: Making) -> Table:
    words = making.words
    columns = (
        Column("id"),
        Column(words("indicator")),
        Column(words("labels")),
        Column(words("numerator"), "count"),
        Column(words("denominator"), "count"),
        Column(words("rate"), "percent", Share(numerator=3, denominator=4)),
        *(column for tier in TIERS for column in (Column(words(tier), "percent"), Column(words("state"), "verdict"))),
        *(column for basis in MONTHS_BACK for column in _earlier_columns(making, basis)),
    )
    rows = []
    for one in making.snapshot.indicators:
        judged = [cell for tier in TIERS for cell in (target_percent(one, tier), judgement(one, tier))]
        rate = percent(one.numerator, one.denominator)
        cells = (one.id, one.names[words.language], _labels(making, one.labels), one.numerator, one.denominator, rate)
        earlier = [cell for basis in MONTHS_BACK for cell in _earlier(one, basis)]
        rows.append(Row((*cells, *judged, *earlier)))
    return Table(words("all_indicators"), columns, tuple(rows))


def _earlier_columns(making: Making, basis: Basis) -> tuple[Column, ...]:
    words = making.words
    named = [Column(f"{words(basis)} {words(key)}", "count") for key in ("numerator", "denominator")]
    return (*named, Column(f"{words(basis)} %", "percent"))


def _earlier(figure: IndicatorFigure, basis: Basis) -> tuple[int | None, int | None, float | None]:
    """Return a figure's counts and rate of an earlier month."""
    before = figure.earlier.get(basis)
    if before is None:
        return None, None, None
    return before.numerator, before.denominator, percent(before.numerator, before.denominator)


def _counts(making: Making) -> Table:
    words = making.words
    earlier = (Column(words(basis), "count") for basis in MONTHS_BACK)
    columns = (Column("id"), Column(words("item")), Column(words("labels")), Column(words("count"), "count"), *earlier)
    rows = (
        Row(
            (
                one.id,
                one.names[words.language],
                _labels(making, one.labels),
                one.count,
                *map(one.earlier.get, MONTHS_BACK),
            )
        )
        for one in making.snapshot.counts
    )
    return Table(words("all_counts"), columns, tuple(rows))


def _top_lists(making: Making) -> Table:
    words = making.words
    columns = (
        Column(words("item")),
        Column(words("labels")),
        Column(words("value")),
        Column(words("count"), "count"),
        Column(words("of_count"), "count"),
        Column(words("share"), "percent", Share(numerator=3, denominator=4)),
    )
    rows = (
        Row(
            (
                one.names[words.language],
                _labels(making, one.labels),
                masked_text(listed.value),
                listed.count,
                one.total,
                percent(listed.count, one.total),
            )
        )
        for one in making.snapshot.top_lists
        for listed in one.values
    )
    return Table(words("all_top_lists"), columns, tuple(rows))


def _durations(making: Making) -> Table:
    words = making.words
    titles = ("restored", "mean_minutes", "median", "p80", "p95", "longest")
    kinds: tuple[Kind, ...] = ("count", "hours", "count", "count", "count", "count")
    columns = (
        Column(words("labels")),
        *(Column(words(title), kind) for title, kind in zip(titles, kinds, strict=True)),
    )
    rows = (
        Row(
            (
                _labels(making, one.labels) or words.total,
                one.restored,
                round(float(one.mean_seconds) / SECONDS_A_MINUTE, 2),
                one.median_minutes,
                one.p80_minutes,
                one.p95_minutes,
                one.max_minutes,
            )
        )
        for one in making.snapshot.durations
    )
    return Table(words("all_durations"), columns, tuple(rows))


def _outages(making: Making) -> Table:
    words = making.words
    columns = (
        *(Column(words(title)) for title in ("number", "branch", "place", "state", "began", "ended")),
        Column(words("hours"), "hours"),
        Column(words("users"), "count"),
        Column(words("numbers"), "count"),
        Column(words("user_hours"), "hours"),
        Column(words("reports"), "count"),
        Column(words("reporters"), "count"),
        Column(words("reporters_share"), "percent", Share(numerator=11, denominator=7)),
    )
    rows = (
        Row(
            (
                masked_text(one.id),
                words.name(one.branch),
                masked_text(one.place),
                one.state,
                one.started_at,
                one.restored_at,
                one.hours,
                one.users,
                one.numbers,
                one.user_hours,
                one.reports,
                one.reporters,
                percent_of(one.reporter_share),
            )
        )
        for one in making.snapshot.outages
    )
    return Table(words("all_outages"), columns, tuple(rows))


def _offsets(making: Making) -> Table:
    words = making.words
    columns = (Column(words("topic")), Column(words("partition"), "count"), Column(words("offset"), "count"))
    return Table(words("all_offsets"), columns, tuple(_offset_rows(making)))


def _offset_rows(making: Making) -> Iterator[Row]:
    for topic, partitions in making.snapshot.offsets.items():
        for partition, offset in partitions.items():
            yield Row((topic, int(partition), offset))
