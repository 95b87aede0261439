"""What reports contribute that belong to a mass outage: to that outage, and, beside every measure, what they add to it.

Beside each measure stands its twin, which counts the linked reports alone: a figure without the outages is the measure
less its twin, whatever the measure is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from streams.core.contributions.chapter import ALONE, Beside, Chapter
from streams.core.contributions.measures import LEVEL, Measure, Place, Weights, add_weights
from streams.core.events.outage import Outage
from streams.core.months import MINUTE, SLOT, instant_of
from streams.core.outages.linking import Links

SUFFIX = "_in_outages"


def twin(name: str) -> str:
    """Return the name of the measure that counts what linked reports add to the measure `name`."""
    return name + SUFFIX


def with_twins(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return measures and their twins; a level, which is of this moment, has none."""
    own = tuple(measures)
    twins = (msgspec.structs.replace(one, name=twin(one.name)) for one in own if one.grain != "level")
    return (*own, *twins)


class _Linked(NamedTuple):
    report: Any
    outage: Outage


def of_fact(chapter: Chapter, event: Any, now: int, links: Links) -> Weights:
    """Return what one fact contributes at the instant `now`, twins included."""
    weights = chapter.of_fact(event, now)
    if links and links.outage_of(event) is not None:
        return {**weights, **_twins(weights)}
    return weights


def of_key(
    chapter: Chapter, key: str, events: Sequence[Any], open_from: int, links: Links, beside: Beside = ALONE
) -> Weights:
    """Return what all facts of a key contribute together, twins included, and what they tell of their outages."""
    weights = chapter.of_key(key, events, open_from, beside)
    if not links:
        return weights
    linked = [_Linked(event, outage) for event in events if (outage := links.outage_of(event)) is not None]
    if not linked:
        return weights
    apart = frozenset(report.id for report, _ in linked)
    added = dict(weights)
    add_weights(added, chapter.of_key(key, events, open_from, beside, apart), -1)
    elsewhere = {
        outage.id for others in beside.values() for other in others if (outage := links.outage_of(other)) is not None
    }
    is_user = not chapter.is_placeholder(key)
    return {**weights, **_twins(added), **_told_of_outages(chapter, linked, open_from, elsewhere, is_user)}


def _twins(weights: Weights) -> Weights:
    return {
        (place, (twin(measure), labels)): weight
        for (place, (measure, labels)), weight in weights.items()
        if place != LEVEL
    }


def _told_of_outages(
    chapter: Chapter, linked: Sequence[_Linked], open_from: int, elsewhere: set[str], is_user: bool
) -> Weights:
    """Return reports by the minute and reporters of each outage, on the day of its start.

    An outage of a closed month is final. Who is a reporter in another topic (`elsewhere`) is counted there.
    """
    weights: Weights = {}
    for report, outage in linked:
        started = instant_of(outage.started_at)
        measures = chapter.outage_measures
        if started < open_from or measures is None:
            continue
        day: Place = ("day", started // SLOT)
        minute = str(instant_of(report.happened_at()) // MINUTE)
        add_weights(weights, {(day, (measures.reports.name, (outage.id, minute))): 1})
        if measures.symptoms is not None:
            add_weights(weights, {(day, (measures.symptoms.name, (outage.id, chapter.symptom(report)))): 1})
        if is_user and outage.id not in elsewhere:
            weights[day, (measures.reporters.name, (outage.id,))] = 1
    return weights
