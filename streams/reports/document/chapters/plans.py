"""Chapter 4: the writer's plans for the next month; and chapter 5: where the figures come from."""

from __future__ import annotations

import msgspec

from streams.core.restating import Restatement
from streams.logs import masked_text
from streams.reports.document.making import Making
from streams.reports.document.model import Chapter, Column, Row, Section, Table


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
    if snapshot.open_figures:
        sections.append(Section("", words("open_figures"), (), (_open_figures(making),)))
    if snapshot.restatement is not None:
        sections.append(_restatement(making, snapshot.restatement))
    if snapshot.checks:
        sections.append(Section("", words("printed_checks"), (), (_checks(making),)))
    numbered = (msgspec.structs.replace(one, number=f"5.{place}") for place, one in enumerate(sections, start=1))
    return Chapter("5", words("basis"), tuple(numbered))


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
    rows = (
        Row((masked_text(one.path), _shown(one.before), _shown(one.after), masked_text("、".join(one.facts)) or None))
        for one in restatement.moved
    )
    reason = words("restated_because", reason=masked_text(restatement.reason))
    return Section("", words("restatement"), (reason,), (Table(words("restatement"), columns, tuple(rows)),))


def _checks(making: Making) -> Table:
    words = making.words
    columns = tuple(Column(words(title)) for title in ("where", "printed", "recomputed", "note"))
    rows = (
        Row((masked_text(one.where), _shown(one.printed), _shown(one.recomputed), words.name(one.note)))
        for one in making.snapshot.checks
    )
    return Table(words("printed_checks"), columns, tuple(rows))


def _shown(figure: object) -> str | int | float | None:
    return figure if isinstance(figure, int | float) else None if figure is None else masked_text(str(figure))
