"""The printed report of July 2009 as tests hold it against recomputed tables: what differs, what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from streams.core.checks import Check
from streams.samples import printed

CONTRADICTED = [
    ("mobile.repeat_reports.C网本地用户.as_printed", 3.7, 0.0),
    ("mobile.repeat_reports.无线上网(C+W).as_printed", 1.2, 6.02),
    ("mobile.repeat_reports.短信及智能短信.as_printed", 0, 8.0),
    ("mobile.repeat_reports.手机上网.as_printed", 0, 11.11),
    ("broadband.reports.growth_pct_as_printed", 32.6, 48.32),
    ("contact_points.hotline.complaint_timeliness_pct", 92.48, 97.36),
    ("complaints.other_channels_by_category_as_printed.固话宽带障碍", 13, 18),
    ("complaints.other_channels_by_category_as_printed.sum", 23, 28),
    ("complaints.justified_penalty.month_as_printed", "2009-06", "2009-07"),
    ("satisfaction.overview_as_printed.timely_pct", 92.48, 93.33),
    ("satisfaction.overview_as_printed.attitude_pct", 95, 86.67),
    ("satisfaction.overview_as_printed.satisfied_pct", 95, 96.67),
    ("satisfaction.local_callback.reached_pct_as_printed", 55.8, 55.84),
    ("complaints.overdue_by_department.安岳分公司", 4, 1),
    ("complaints.overdue_by_department.川通服资阳分公司", 2, 5),
    ("satisfaction.local_callback.called", 1275, 1061),
    ("outages[1].users", 127, 128),
    ("outages[5].users", 255, 256),
]
"""What the report contradicts by its own figures; the reference's other contradictions are in its words alone."""

FIRST_CHAPTER, LAST_CHAPTER = "on_time_fulfilment", "outages"
NOT_COMPARED = {
    # Words, and a number that no count gives.
    "mobile.repeat_reports.note",
    "vip.plan",
    "complaints.cases_scope",
    "complaints.justified_penalty.subscriber",
    "outages[0].cause",
    "outages[0].symptom",
    "outages[1].cause",
    "outages[2].cause",
    "outages[2].site",
    "outages[3].cause",
    "outages[4].cause",
    "outages[5].cause",
    # The report's own counts give another share, and nothing in its file says so.
    "contact_points.hotline.complaint_timeliness_pct",
}
AS_PRINTED = "as_printed"
"""Stands in the place of a figure that the report's file itself marks as printed wrongly."""
NOTHING = "nothing"


def differences(tables: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return place → (printed, recomputed) of each printed figure that is another one in a snapshot's tables.

    Words are left out, and what is known to be printed wrongly.
    """
    recomputed = dict(_figures("", tables))
    return {
        place: (figure, recomputed.get(place, NOTHING))
        for place, figure in _printed_figures()
        if recomputed.get(place, NOTHING) != figure
    }


def contradictions(checks: Iterable[Check]) -> list[tuple[str, Any, Any]]:
    """Return a snapshot's checks as `CONTRADICTED` lists them."""
    return [(check.where, check.printed, check.recomputed) for check in checks]


def _printed_figures() -> Iterator[tuple[str, Any]]:
    chapters = list(printed.report())
    for chapter in chapters[chapters.index(FIRST_CHAPTER) : chapters.index(LAST_CHAPTER) + 1]:
        for place, figure in _figures(chapter, printed.report()[chapter]):
            if AS_PRINTED not in place and place not in NOT_COMPARED:
                yield place, figure


def _figures(where: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield (place, figure) of a tree of tables; a day as JSON has it, whether it comes from a file or from memory."""
    if isinstance(tree, Mapping):
        for key, content in tree.items():
            yield from _figures(f"{where}.{key}" if where else key, content)
    elif isinstance(tree, list):
        for place, content in enumerate(tree):
            yield from _figures(f"{where}[{place}]", content)
    else:
        yield where, tree.isoformat() if isinstance(tree, date) else tree
