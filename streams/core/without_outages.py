"""Takes out of counts what reports add that belong to mass outages."""

from __future__ import annotations

from collections.abc import Collection

from streams.core.contributions.linked import twin
from streams.core.contributions.measures import Labels
from streams.core.rollups import Counts


def without_outages(counts: Counts, measures: Collection[str]) -> Counts:
    """Return the counts of some measures as if the reports that belong to outages had not been made.

    What has no such reports (orders, call-backs …) stays as it is.
    """
    return {measure: _less(counts[measure], counts.get(twin(measure), {})) for measure in measures if measure in counts}


def _less(numbers: dict[Labels, int], linked: dict[Labels, int]) -> dict[Labels, int]:
    # What comes to 0 stays: a part of which nothing is left is still a share of a whole.
    return {labels: number - linked.get(labels, 0) for labels, number in numbers.items()} if linked else numbers
