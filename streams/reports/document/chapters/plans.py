"""Chapter 4: the writer's plans for the next month; and chapter 5: where the figures come from."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from streams.core.months import add_months
from streams.core.restating import Restatement
from streams.logs import masked_text
from streams.reports.document.figure_names import FigureNames
from streams.reports.document.making import Making
from streams.reports.document.model import Chapter, Column, Row, Section, Table
from streams.reports.document.words import percent_of


def chapter(making: Making) -> Chapter:
    """Return the chapter of plans."""
    words, plans = making.words, making.texts.plans
    columns = tuple(Column(words(title)) for title in ("text", "due", "owner"))
    rows = [
        Row((masked_text(plan.text), None if plan.due is None else plan.due.isoformat(), plan.owner or None))
        for plan in plans
    ] or [Row((words("to_be_written"), None, None))]
    section = Section("4.1", words("work_plans"), (), (Table(words("work_plans"), columns, tuple(rows)),))
    return Chapter("4", words("plans"), (section,))


def basis(making: Making) -> Chapter:
    """Return the chapter that says where the figures come from, and which printed ones do not hold."""
    words, snapshot = making.words, making.snapshot
    facts = {
        "period": snapshot.period,
        "state": words(f"state_{snapshot.state}"),
        "as_of": snapshot.as_of,
        "definitions": snapshot.definitions,
        "digest": snapshot.sha256,
    }
    columns = (Column(words("item")), Column(words("value")))
    origin = Table(words("origin"), columns, tuple(Row((words(key), value)) for key, value in facts.items()))
    sections = [Section("", words("origin"), (words("legend"),), (origin,))]
    changed = _changed_targets(making)
    if changed.rows:
        sections.append(Section("", changed.title, (), (changed,)))
    if snapshot.open_figures:
        sections.append(Section("", words("open_figures"), (), (_open_figures(making),)))
    if snapshot.restatement is not None:
        sections.append(_restatement(making, snapshot.restatement))
    if snapshot.checks:
        sections.append(Section("", words("printed_checks"), (), (_checks(making),)))
    numbered = (msgspec.structs.replace(one, number=f"5.{place}") for place, one in enumerate(sections, start=1))
    return Chapter("5", words("basis"), tuple(numbered))


def _changed_targets(making: Making) -> Table:
    """Return the targets of figures that had more than one in the month, or one on some of its days alone."""
    words, names, day = making.words, FigureNames(making.words), timedelta(days=1)
    first = date.fromisoformat(f"{making.snapshot.period}-01")
    after = date.fromisoformat(f"{add_months(making.snapshot.period, 1)}-01")
    columns = [Column(words(title)) for title in ("indicator", "tier", "target", "valid_from", "valid_until", "note")]
    columns[2] = Column(words("target"), "percent")
    rows = []
    for one in making.snapshot.targets:
        is_last = one.valid_to is None or one.valid_to >= after
        if is_last and one.valid_from <= first:
            continue
        until = None if one.valid_to is None else (one.valid_to - day).isoformat()
        name, percent = names.indicator(one.indicator, one.labels), percent_of(one.ratio)
        judges = words("judges") if is_last else None
        rows.append(Row((name, words(one.tier), percent, one.valid_from.isoformat(), until, judges)))
    return Table(words("changed_targets"), tuple(columns), tuple(rows))


def _open_figures(making: Making) -> Table:
    words = making.words
    columns = tuple(Column(words(title)) for title in ("indicator", "closes_on", "note"))
    rows = (
        Row((one.names[words.language], one.closes_on, one.why[words.language])) for one in making.snapshot.open_figures
    )
    return Table(words("open_figures"), columns, tuple(rows))


def _restatement(making: Making, restatement: Restatement) -> Section:
    words = making.words
    columns = tuple(Column(words(title)) for title in ("path", "before", "after", "facts"))
    names = FigureNames(words).of_all(one.path for one in restatement.moved)
    rows = (
        Row((names[one.path], _shown(one.before), _shown(one.after), masked_text("、".join(one.facts)) or None))
        for one in restatement.moved
    )
    reason = words("restated_because", reason=masked_text(restatement.reason))
    return Section("", words("restatement"), (reason,), (Table(words("restatement"), columns, tuple(rows)),))


def _checks(making: Making) -> Table:
    words = making.words
    columns = tuple(Column(words(title)) for title in ("where", "printed", "recomputed", "note"))
    names = FigureNames(words)
    rows = (
        Row((names.printed(one.where), _shown(one.printed), _shown(one.recomputed), words.name(one.note)))
        for one in making.snapshot.checks
    )
    return Table(words("printed_checks"), columns, tuple(rows))


def _shown(figure: object) -> str | int | float | None:
    return figure if isinstance(figure, int | float) else None if figure is None else masked_text(str(figure))
