"""The chapters that are told besides their key figures; CHAPTERS is the one list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from streams.core.narrative.chapters import broadband, complaints, contact_points, outages, overview
from streams.core.narrative.sentences import Sentence
from streams.core.narrative.telling import Telling

CHAPTERS: Mapping[str, Callable[[Telling], Iterator[Sentence]]] = {
    "overview": overview.tell,
    "broadband": broadband.tell,
    "contact_points": contact_points.tell,
    "complaints": complaints.tell,
    "timeliness": complaints.tell_timeliness,
    "penalties": complaints.tell_penalties,
    "justified": complaints.tell_justified,
    "outages": outages.tell,
}
"""Chapter of the report → what it tells after the sentences about its key figures."""
