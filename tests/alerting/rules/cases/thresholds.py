"""When alerts about indicators fire, and when they do not: one bad event decides."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from streams.core.catalogue import INDICATORS
from streams.core.catalogue.indicator import Indicator
from streams.core.definitions import Definitions, Target
from tests.alerting.rules.cases.case import Case
from tests.alerting.rules.series import Series, figure, month, target


def thresholds(definitions: Definitions) -> Iterator[Case]:
    """Yield the cases of every indicator and tier that has a target."""
    first = {(one.indicator, one.tier): one for one in reversed(definitions.targets)}
    for indicator in INDICATORS:
        for tier in ("province", "city"):
            if one := first.get((indicator.id, tier)):
                yield from _missed(indicator, one)
        if one := first.get((indicator.id, "province")):
            yield from _forecast(indicator, one)
            yield from _few_left(indicator, one)


def _name(indicator: Indicator, what: str) -> str:
    return "".join(map(str.capitalize, indicator.id.split("_"))) + what


def _numerator(indicator: Indicator, bad: Fraction | int, denominator: int) -> float:
    """Return the numerator of a figure with so many bad events."""
    return float(bad if indicator.better == "lower" else denominator - bad)


def _allowed(indicator: Indicator, ratio: Fraction) -> Fraction:
    return ratio if indicator.better == "lower" else 1 - ratio


def _missed(indicator: Indicator, one: Target) -> Iterator[Case]:
    alert = _name(indicator, f"Misses{one.tier.capitalize()}Target")
    just_met = 1000 * _allowed(indicator, Fraction(one.ratio))
    in_force = month(10) | target(indicator.id, one.tier, float(one.ratio), one.labels)
    severity = {"province": "critical", "city": "warning"}[one.tier]

    def shown(bad: Fraction | int, denominator: int, **labels: str) -> Series:
        numerator = _numerator(indicator, bad, denominator)
        return in_force | figure(indicator.id, numerator, denominator, one.labels | labels)

    own = {"severity": severity, "tier": one.tier, "indicator": indicator.id, **one.labels}
    yield Case(
        alert, "one bad event too many", shown(just_met + 1, 1000), fires=({**own, "branch": "city", "scope": "city"},)
    )
    yield Case(alert, "meeting a target exactly is meeting it", shown(just_met, 1000))
    yield Case(alert, "19 of 19 bad ones are too few to say", shown(19, 19))
    yield Case(alert, "no data is not a target missed", shown(0, 0))
    yield Case(
        alert,
        "a figure without a target has none to miss",
        figure(indicator.id, _numerator(indicator, 1000, 1000), 1000, one.labels),
    )
    yield Case(alert, "for ten minutes it is not told yet", shown(just_met + 1, 1000), at="10m")
    if set(one.labels) | {"branch"} in map(set, indicator.roll_ups):
        yield Case(
            alert,
            "a branch is held against the same target; one that is unknown is not",
            shown(just_met + 1, 1000, branch="安岳") | shown(just_met + 1, 1000, branch="none"),
            fires=({**own, "branch": "安岳", "scope": "branch"},),
        )


def _forecast(indicator: Indicator, one: Target) -> Iterator[Case]:
    alert = _name(indicator, "WillMissTarget")
    ratio = 0.05 if indicator.better == "lower" else 0.95
    in_force = target(indicator.id, "province", ratio, one.labels)
    own = ({"severity": "warning", "tier": "province", "branch": "city"},)

    def shown(bad: int, bad_of_week: int, denominator: int = 1000) -> Series:
        of_month = figure(indicator.id, _numerator(indicator, bad, denominator), denominator, one.labels)
        of_week = figure(indicator.id, _numerator(indicator, bad_of_week, 500), 500, one.labels, "7d")
        return in_force | of_month | (of_week if "7d" in indicator.windows else {})

    # 25 bad events of 1,000 leave 25 to spare; 50 of 500 a week are 25 too many: a week from the tenth day on. A ratio
    # that grows by the day is 2.5 % on the tenth, and so 5 % on the twentieth.
    yield Case(alert, "on the tenth, at a pace that misses it", month(10) | shown(25, 50), fires=own)
    yield Case(alert, "a pace that meets it", month(10) | shown(12, 25))
    yield Case(alert, "what is missed already has its own alert", month(10) | shown(60, 50))
    yield Case(alert, "four days are too few for a forecast", month(4) | shown(25, 50))
    yield Case(alert, "19 are too few for a forecast", month(10) | shown(0, 50, denominator=19))


def _few_left(indicator: Indicator, one: Target) -> Iterator[Case]:
    alert = _name(indicator, "FewBadEventsLeft")
    ratio = 0.05 if indicator.better == "lower" else 0.95
    in_force = target(indicator.id, "province", ratio, one.labels)

    def shown(bad: int, denominator: int = 1000) -> Series:
        return in_force | figure(indicator.id, _numerator(indicator, bad, denominator), denominator, one.labels)

    # On the 30th of 31 days 1,000 events make 1,033 of the month, 51 of which may be bad.
    yield Case(alert, "48 of 51 are spent", month(30) | shown(48), fires=({"severity": "info", "tier": "province"},))
    yield Case(alert, "40 of 51 leave more than a tenth", month(30) | shown(40))
    yield Case(alert, "overspent is no budget left", month(30) | shown(60))
    yield Case(alert, "19 are too few", month(30) | shown(0, denominator=19))
