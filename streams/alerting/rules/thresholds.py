"""Alerts about indicators that have a target: missed so far, about to be missed at this pace, few bad events left."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from streams.alerting.roster import Language
from streams.alerting.rules.alert import Alert, Severity, Timing
from streams.alerting.rules.figures import Judged, judged
from streams.alerting.rules.records import (
    BAD_EVENTS,
    BUDGET,
    DENOMINATOR,
    EXCESS,
    GONE,
    LEFT,
    RATIO,
    SPARE,
    TARGET_IN_FORCE,
)
from streams.alerting.rules.wording import TO_PERCENT, TO_WHOLE, both, branch_name, chosen, looked_up, words
from streams.core.catalogue import INDICATORS
from streams.core.catalogue.indicator import Indicator, Text
from streams.core.contributions import MEASURES
from streams.core.definitions import Definitions
from streams.core.targets import TIERS
from streams.core.windows import LENGTHS

SMALLEST_SAMPLE = 20
"""A figure of fewer says too little to alert anybody."""
FORECAST_AFTER_DAYS = 5
"""Before, a month says too little about its end."""
FEW_LEFT_SHARE = 0.1
"""Bad events are few when no more than so much of the month's budget is left."""

DAY_SECONDS = 86_400
RECENT = "7d"
RECENT_SECONDS = LENGTHS[RECENT] // 1_000_000

SEVERITIES: dict[str, Severity] = {"province": "critical", "city": "warning"}
TIER_NAMES = {"province": both("省公司", "province"), "city": both("市公司", "city")}

LATE_ENOUGH = f"and on () {GONE} >= {FORECAST_AFTER_DAYS * DAY_SECONDS}"
SCOPE = "{{ if $labels.branch }}branch{{ else }}city{{ end }}"
"""What is so for the whole city need not be told for each branch."""


def threshold_alerts(definitions: Definitions) -> Iterator[Alert]:
    """Yield the alerts of every indicator that has a target."""
    figures = judged(definitions)
    for indicator in INDICATORS:
        own = [figure for figure in figures if figure.indicator is indicator]
        if not own:
            continue
        writer = _Writer(indicator, own, definitions)
        yield from (writer.missed(tier) for tier in TIERS if any(tier in figure.tiers for figure in own))
        if grows_with_month(indicator):
            yield writer.will_miss_growing()
        elif RECENT in indicator.windows:
            yield writer.will_miss_at_recent_pace()
        yield writer.few_left()


def grows_with_month(indicator: Indicator) -> bool:
    """Tell whether the ratio itself grows with the month: users who came back are the more, the longer one looks."""
    return MEASURES[indicator.numerator].grain == "month"


class _Writer:
    """Writes the alerts of one indicator."""

    def __init__(self, indicator: Indicator, figures: list[Judged], definitions: Definitions) -> None:
        self._indicator, self._definitions = indicator, definitions
        self._labels = tuple(label for label in indicator.labels if any(label in one.roll_up for one in figures))
        self._month = f'{{indicator="{indicator.id}",window="month"}}'
        self._own = f'{{indicator="{indicator.id}"}}'

    def missed(self, tier: str) -> Alert:
        """Return the alert that a target of a tier is missed as the month stands."""
        side = ">" if self._indicator.better == "lower" else "<"
        tier_name = TIER_NAMES[tier]
        alert = self._alert(
            f"Misses{tier.capitalize()}Target",
            expr=f"{RATIO}{self._month}\n  {side} ignoring (window, tier)\n"
            f'{TARGET_IN_FORCE}{{indicator="{self._indicator.id}",tier="{tier}"}}\n{self._enough}',
            severity=SEVERITIES[tier],
            timing=Timing("15m", "30m"),
            says=both(f"未达{tier_name['zh']}目标", f"misses the {tier_name['en']}'s target"),
            explains=both(
                f"本月截至目前 {{{{ $value | {TO_PERCENT} }}}}，目标 {self._target(tier)}。",
                f"{{{{ $value | {TO_PERCENT} }}}} this month so far, the target is {self._target(tier)}.",
            ),
        )
        return msgspec.structs.replace(alert, labels={**alert.labels, "tier": tier})

    def will_miss_growing(self) -> Alert:
        """Return the alert that the target will be missed, of a ratio that grows with the month."""
        until = f"scalar({GONE}) * {TARGET_IN_FORCE}{self._own}"
        crossing = f"{until}\n    / ignoring (window, tier) group_left () ({RATIO}{self._month} > 0)"
        return self._will_miss(f"{crossing}\n    >= scalar({GONE}) < scalar({GONE} + {LEFT})")

    def will_miss_at_recent_pace(self) -> Alert:
        """Return the alert that the target will be missed if the rest of the month is as the last seven days were."""
        until = f"({SPARE}{self._own} >= 0) * {RECENT_SECONDS} / ({EXCESS}{self._own} > 0)"
        return self._will_miss(f"({until} < scalar({LEFT}))\n    + scalar({GONE})")

    def few_left(self) -> Alert:
        """Return the alert that little is left of the bad events that the whole month may have."""
        left = f"({BUDGET}{self._own} > 0)\n    - ignoring (window, tier) group_left () {BAD_EVENTS}{self._month}"
        return self._alert(
            "FewBadEventsLeft",
            expr=f"floor(\n    {left}\n) >= 0 <= {FEW_LEFT_SHARE} * {BUDGET}{self._own}\n{self._enough}\n{LATE_ENOUGH}",
            severity="info",
            timing=Timing("1h", "6h"),
            says=both("余量将尽", "has few bad events left"),
            explains=both(
                f"本月最多只能再有 {{{{ $value | {TO_WHOLE} }}}} 次不合格；目标 {self._target()}。",
                f"No more than {{{{ $value | {TO_WHOLE} }}}} bad events may follow this month; "
                f"the target is {self._target()}.",
            ),
        )

    def _will_miss(self, crossing: str) -> Alert:
        """Return the alert, its value the day of the month; `crossing` is in seconds from the month's beginning."""
        return self._alert(
            "WillMissTarget",
            expr=f"1 + floor((\n    {crossing}\n) / {DAY_SECONDS})\n{self._enough}\n{LATE_ENOUGH}",
            severity="warning",
            timing=Timing("1h", "6h"),
            says=both("照此进度将失守", "will miss its target at this pace"),
            explains=both(
                f"照此进度，本月 {{{{ $value | {TO_WHOLE} }}}} 日起不达标；目标 {self._target()}。",
                f"At this pace it is missed from day {{{{ $value | {TO_WHOLE} }}}} of the month on; "
                f"the target is {self._target()}.",
            ),
        )

    @property
    def _enough(self) -> str:
        sample = max(SMALLEST_SAMPLE, self._indicator.smallest_sample)
        return f"and ignoring (window, tier)\n{DENOMINATOR}{self._month} >= {sample}"

    def _alert(
        self,
        what: str,
        *,
        expr: str,
        severity: Severity,
        timing: Timing,
        says: Text,
        explains: Text,
    ) -> Alert:
        indicator = self._indicator
        return Alert(
            name="".join(word.capitalize() for word in indicator.id.split("_")) + what,
            expr=expr,
            severity=severity,
            kind="indicator",
            feed=MEASURES[indicator.numerator].topic,
            summary=both(
                f"{indicator.names['zh']}{says['zh']}：{self._place('zh')}",
                f"{indicator.names['en']} {says['en']}: {self._place('en')}",
            ),
            description=both(
                f"{explains['zh']}{indicator.runbook['zh']}", f"{explains['en']} {indicator.runbook['en']}"
            ),
            anchor=indicator.id,
            timing=timing,
            labels={"scope": SCOPE},
        )

    def _place(self, language: Language) -> str:
        """Return a template for what a figure is of: its parts, and its branch or the whole city."""
        parts = (
            f"{{{{ if $labels.{label} }}}}{chosen(label, self._words(label, language))} {{{{ end }}}}"
            for label in self._labels
            if label != "branch"
        )
        return "".join(parts) + branch_name(self._definitions, language)

    def _words(self, label: str, language: Language) -> dict[str, str]:
        targets = (target for target in self._definitions.targets if target.indicator == self._indicator.id)
        values = dict.fromkeys(target.labels[label] for target in targets if label in target.labels)
        return words(self._definitions, values, language)

    def _target(self, tier: str = "") -> str:
        """Return a template that shows the target in force for the figure."""
        fixed = {"indicator": self._indicator.id} | ({"tier": tier} if tier else {})
        taken = (*(() if tier else ("tier",)), *self._labels)
        return looked_up(TARGET_IN_FORCE, fixed, taken, TO_PERCENT)
