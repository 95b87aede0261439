"""The indicators of a week: judged, beside the week before, in all and by branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from streams.core.catalogue.indicator import Indicator, Text
from streams.core.definitions import Target
from streams.core.figures import LabelValues, interval
from streams.core.ratios import Ratio, change_in_points, ratio_text
from streams.core.tables.week import Weeks
from streams.core.targets import TIERS, Verdict, target_for, verdict

BRANCH = "branch"

Figure = tuple[int, int]
"""(numerator, denominator)."""
NOTHING: Figure = (0, 0)


class WeekFigure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One indicator of the week for one set of label values; a label that is absent is summed over.

    `targets` and `verdicts` are by tier, of what is in force on the week's last day. `previous` is the week before,
    None where that is not known; `change_points` how many percentage points the ratio lies above it. `interval` is
    the ratio's 95 % interval where the sample is too small to judge; `provisional_until` the day on which a figure
    settles that looks beyond the week.
    """

    id: str
    names: Text
    labels: LabelValues
    numerator: int
    denominator: int
    ratio: str | None
    targets: dict[str, str]
    verdicts: dict[str, Verdict]
    previous: Ratio | None
    change_points: str | None
    interval: tuple[str, str] | None = None
    provisional_until: str | None = None


def week_figures(indicator: Indicator, weeks: Weeks, provisional_until: str | None) -> Iterator[WeekFigure]:
    """Yield an indicator's figures: of the whole and of each part that has a target, in all and by branch.

    `provisional_until` is the day on which they settle, None where they have.
    """
    targets = [target for target in weeks.now.definitions.targets if target.indicator == indicator.id]
    for part in _parts(targets, weeks.now.last_day):
        for labels, figure, previous in _rows(indicator, weeks, part):
            in_force = {tier: target_for(targets, indicator.id, labels, tier, weeks.now.last_day) for tier in TIERS}
            yield WeekFigure(
                id=indicator.id,
                names=indicator.names,
                labels=labels,
                numerator=figure[0],
                denominator=figure[1],
                ratio=ratio_text(*figure),
                targets={tier: target.ratio for tier, target in in_force.items() if target},
                verdicts={tier: verdict(indicator, *figure, target) for tier, target in in_force.items()},
                previous=None if previous is None else Ratio.of(previous),
                change_points=None if previous is None else change_in_points(figure, previous),
                interval=interval(indicator, *figure),
                provisional_until=provisional_until,
            )


def _parts(targets: Iterable[Target], last_day: date) -> list[LabelValues]:
    """Return the label values of the whole, and of each target in force."""
    parts: list[LabelValues] = [{}]
    for target in targets:
        is_in_force = target_for([target], target.indicator, target.labels, target.tier, last_day) is not None
        if is_in_force and target.labels not in parts:
            parts.append(target.labels)
    return parts


def _rows(indicator: Indicator, weeks: Weeks, part: LabelValues) -> Iterator[tuple[LabelValues, Figure, Figure | None]]:
    """Yield (label values, figure, that of the week before) of a part in all, and by branch.

    The branches of the definitions have a row in any case, another one where it has a figure.
    """
    now, before = weeks
    yield part, now.figure(indicator, **part), None if before is None else before.figure(indicator, **part)
    if BRANCH not in indicator.labels or BRANCH in part:
        return
    figures = now.figures_by_label(indicator, BRANCH, **part)
    previous = None if before is None else before.figures_by_label(indicator, BRANCH, **part)
    for branch in dict.fromkeys([*now.definitions.branches, *sorted(figures)]):
        then = None if previous is None else previous.get(branch, NOTHING)
        yield {**part, BRANCH: branch}, figures.get(branch, NOTHING), then
