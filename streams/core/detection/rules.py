"""The rules of detection: each number with its unit, and why it is what it is.

They were tuned on simulated cities (bench/detection, seeds 1 to 10) and are reported on others; see docs/detection.md.
"""

from __future__ import annotations

from math import sqrt

import msgspec


class DetectionRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a detector goes by. Rates are distinct lines an hour."""

    smallest_rate: float = 8.0
    """A cell is never expected to have less an hour: over-dispersed tickets come in clusters, however few they are."""
    smallest_excess: float = 24.0
    """So much an hour on top is looked for: half of the four tickets in five minutes that must be found."""
    smallest_ratio: float = 2.0
    """Where much is expected, so many times as much is looked for: holidays and level shifts stay below."""
    dispersion: float = 2.0
    """Variance through mean of the tickets of a cell and hour; evidence is divided by it."""
    threshold: float = 3.7
    """Evidence above which a suspicion is raised."""
    busy_share: float = 0.2
    busy_deviations: float = 4.5
    """An hour may be busier than its mean by this share and so many standard deviations, and still be usual: days
    differ, and the tickets of a cell come in clusters."""
    lines: int = 3
    """So many distinct lines, at least, must have reported."""

    lesson: float = 1.25
    """What a suspicion has taken teaches so many times the usual, at most: a burst leaves a baseline nearly as it was,
    but a baseline that is wrong does not stay wrong."""

    keep_minutes: int = 90
    """Tickets are kept so long for naming, and teach the baselines only then: a burst has been seen by that time."""
    hold_minutes: int = 30
    """A suspicion is closed after so long without more than the usual."""
    longest_hours: int = 12
    """What goes on for so long is the new level: the suspicion is closed and the baselines jump."""
    growth: float = 1.2
    """A suspicion is told again when its lines have grown so many times."""

    first_hour_minutes: int = 60
    """Nothing is raised before so much has been seen."""
    first_day_hours: int = 24
    """Until a day has been seen, the threshold is doubled and the last hour counts as usual."""

    level_half_life_days: float = 14.0
    """A cell's level forgets: slow, because most cells have less than one ticket an hour."""
    quick_half_life_hours: float = 6.0
    """How lately tickets differ from the level: follows holidays and shifts where there are tickets enough."""
    week_memory: float = 0.85
    """What a week keeps of an hour of the week's weight: about a month and a half is remembered."""
    prior_tickets: float = 20.0
    """Weight, in tickets, of what is assumed of an hour before tickets have shown it."""
    own_week_tickets: float = 1_000.0
    """From so many remembered tickets on a cell has a shape of the week of its own; below it borrows an ancestor's."""
    band_deviations: float = 3.0
    """The usual band ends so many standard deviations above the mean."""

    most_cells: int = 20_000
    """So many cells are known at most; those not heard of for longest leave."""
    most_signals: int = 20_000
    """So many recent tickets are kept at most; the oldest leave."""
    most_lines: int = 4_096
    """A suspicion knows the lines of so many reporters; beyond that a line is taken for a new one."""

    def band_end(self, mean: float) -> float:
        """Return the upper end of the usual band of tickets of which there are `mean` on average."""
        return mean + self.band_deviations * sqrt(self.dispersion * mean)
