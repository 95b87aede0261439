"""Which figures are held against targets in alerts: those that a target names, for the city and for each branch.

Finer parts (a brand's services, a product of a target for all) have verdicts in the API and the snapshot; a page for
each of them would be one too many.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from streams.core.catalogue import INDICATORS
from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Definitions, Target
from streams.core.targets import TIERS

Labels = tuple[str, ...]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of an indicator by one of its roll-ups.

    `targets` has for each tier the labels that targets for them may fix, the most of them first.
    """

    indicator: Indicator
    roll_up: Labels
    targets: Mapping[str, tuple[Labels, ...]]

    @property
    def by(self) -> str:
        """The roll-up as metrics name it."""
        return ",".join(self.roll_up)

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers that have a target for these figures."""
        return tuple(tier for tier in TIERS if self.targets[tier])


def judged(definitions: Definitions) -> list[Judged]:
    """Return the figures that the definitions have targets for, in the catalogue's order."""
    found = []
    for indicator in INDICATORS:
        fixed = {tier: _fixed_by_targets(definitions, indicator, tier) for tier in TIERS}
        wanted = {frozenset(labels) for tier in TIERS for labels in fixed[tier]}
        wanted |= {labels | {"branch"} for labels in wanted}
        for roll_up in indicator.roll_ups:
            if frozenset(roll_up) in wanted:
                fitting = {
                    tier: tuple(labels for labels in fixed[tier] if set(labels) <= set(roll_up)) for tier in TIERS
                }
                found.append(Judged(indicator=indicator, roll_up=roll_up, targets=fitting))
    return found


def not_shown(definitions: Definitions) -> list[Target]:
    """Return the targets that no figure on /metrics is held against, and so no alert."""
    shown = {indicator.id: set(map(frozenset, indicator.roll_ups)) for indicator in INDICATORS}
    return [one for one in definitions.targets if frozenset(one.labels) not in shown.get(one.indicator, set())]


def _fixed_by_targets(definitions: Definitions, indicator: Indicator, tier: str) -> list[Labels]:
    """Return the labels that targets of a tier fix, in the order in which they go before each other."""
    fixed = {
        tuple(sorted(target.labels))
        for target in definitions.targets
        if (target.indicator, target.tier) == (indicator.id, tier)
    }
    return sorted(fixed, key=lambda labels: (len(labels), labels), reverse=True)
