"""Makes the document of a month from its snapshot, sentences about its figures, and the writer's texts; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from streams.core.snapshot import Snapshot
from streams.reports.document.chapters import indicators, overview, plans, service
from streams.reports.document.chapters.appendix import appendix
from streams.reports.document.making import Making
from streams.reports.document.model import Document, Language
from streams.reports.document.texts import ReportTexts
from streams.reports.document.words import Words


def build_document(
    snapshot: Snapshot,
    narrative: Mapping[str, Sequence[str]],
    texts: ReportTexts,
    names: Mapping[str, Mapping[str, str]],
    language: Language = "zh",
) -> Document:
    """Return the report of a snapshot's month.

    `narrative` is chapter → sentences about its figures, in the language of the report; `names` are those of labels'
    values: value → language → name.
    """
    words = Words(language, names)
    making = Making(snapshot, narrative, texts, words)
    year, month = map(int, snapshot.period.split("-"))
    state = words(f"state_{snapshot.state}")
    as_of = datetime.fromisoformat(snapshot.as_of)
    local = as_of.astimezone(ZoneInfo(snapshot.timezone))
    return Document(
        period=snapshot.period,
        language=language,
        title=words("report_title", year=year, month=month),
        subtitle=f"{state} · {words('as_of')} {local:%Y-%m-%d %H:%M}",
        created=as_of,
        chapters=(
            overview.chapter(making),
            indicators.chapter(making),
            service.chapter(making),
            plans.chapter(making),
            plans.basis(making),
        ),
        appendix=appendix(making),
    )
