"""Shows the merged tallies as metrics: whole numbers as gauges, ratios left to who reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.core.catalogue import COUNTS, DIMENSIONS, INDICATORS, LEVELS, Count, Level
from streams.core.contributions.measures import ALL, Labels
from streams.core.definitions import Definitions
from streams.core.months import SECOND, Calendar
from streams.core.rollups import rolled_up
from streams.serve.labels import add_pairs, known_values, shown, unlisted
from streams.serve.outage_metrics import OutageMetrics
from streams.serve.reader import TallyReader

PREFIX = "streams_"


class TallyCollector(Collector):
    """Collects what a reader has merged; a reader that is behind shows the state of the pipeline alone."""

    def __init__(self, reader: TallyReader, definitions: Definitions) -> None:
        self._reader, self._tallies, self._definitions = reader, reader.tallies, definitions
        self._calendar = Calendar(definitions.timezone)
        self._known = known_values(definitions)
        self._outages = OutageMetrics(definitions, self._known)
        self._made_at = -1
        self._made: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; the figures are made once per round that came in."""
        yield from self._pipeline()
        if self._reader.problem() is not None:
            return
        if self._made_at != self._tallies.version:
            self._made_at, self._made = self._tallies.version, list(self._figures())
        yield from self._made

    def _pipeline(self) -> Iterator[Metric]:
        records = CounterMetricFamily("streams_tallies_records", "Records of the topic tallies that were read.")
        records.add_metric([], self._reader.records)
        yield records
        for name, documentation, value in (
            ("tallies_backlog_records", "Records between what is read and the end of tallies.", self._reader.backlog),
            ("partitions", "Partitions of every topic.", len(self._reader.partitions)),
            ("partitions_settled", "Partitions whose tallies stand for their log.", len(self._tallies.settled())),
            ("figures_shown", "1 while the figures are whole and up to date.", int(self._reader.problem() is None)),
        ):
            yield GaugeMetricFamily(PREFIX + name, documentation, value=value)

    def _figures(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "streams_data_timestamp_seconds",
            "The time up to which every partition has counted.",
            value=self._tallies.as_of() / SECOND,
        )
        yield from self._month()
        yield from self._indicators()
        yield self._targets()
        for count in COUNTS:
            yield self._count(count)
        for level in LEVELS:
            yield self._level(level)
        yield from self._unlisted()
        yield from self._outages.collect(self._tallies)

    def _month(self) -> Iterator[Metric]:
        """Yield when the month began and will end that the windows called month are about."""
        month = self._calendar.month_of(self._tallies.as_of())
        for edge, instant in (("start", self._calendar.month_start(month)), ("end", self._calendar.month_end(month))):
            yield GaugeMetricFamily(
                f"streams_month_{edge}_timestamp_seconds",
                f"The {edge} of the month that holds the data's time.",
                value=instant / SECOND,
            )

    def _indicators(self) -> Iterator[Metric]:
        labels = ("indicator", "window", "by", *DIMENSIONS)
        numerators = GaugeMetricFamily(
            "streams_indicator_numerator", "What counts towards an indicator.", labels=labels
        )
        denominators = GaugeMetricFamily(
            "streams_indicator_denominator", "What an indicator is a share of.", labels=labels
        )
        for indicator in INDICATORS:
            for roll_up in indicator.roll_ups:
                by_window: dict[str, Mapping[Labels, tuple[int, int]]] = {
                    window: indicator.figures(self._tallies.window(window), roll_up) for window in indicator.windows
                }
                for window, figures in shown(by_window, roll_up, self._known, add_pairs, (0, 0)).items():
                    for values, (numerator, denominator) in figures.items():
                        series = [indicator.id, window, ",".join(roll_up), *_spread(roll_up, values)]
                        numerators.add_metric(series, numerator)
                        denominators.add_metric(series, denominator)
        yield numerators
        yield denominators

    def _targets(self) -> Metric:
        family = GaugeMetricFamily(
            "streams_indicator_target_ratio",
            "What an indicator should reach, as a fraction of 1, of the targets in force.",
            labels=("indicator", "tier", *DIMENSIONS),
        )
        today = date.fromisoformat(self._calendar.day_of(self._tallies.as_of()))
        for target in self._definitions.targets:
            if target.valid_from <= today and (target.valid_to is None or today < target.valid_to):
                values = [target.labels.get(label, ALL) for label in DIMENSIONS]
                family.add_metric([target.indicator, target.tier, *values], float(target.ratio))
        return family

    def _count(self, count: Count) -> Metric:
        labels = ("window", "by", *(label for label in DIMENSIONS if label in count.labels))
        family = GaugeMetricFamily(PREFIX + count.id, f"{count.names['en']}.", labels=labels)
        for roll_up in count.roll_ups:
            by_window: dict[str, Mapping[Labels, int]] = {
                window: rolled_up(self._tallies.window(window), count.measure, roll_up) for window in count.windows
            }
            for window, numbers in shown(by_window, roll_up, self._known, int.__add__, 0).items():
                for values, number in numbers.items():
                    family.add_metric([window, ",".join(roll_up), *_spread(roll_up, values, count.labels)], number)
        return family

    def _level(self, level: Level) -> Metric:
        labels = ("by", *(label for label in DIMENSIONS if label in level.labels))
        family = GaugeMetricFamily(PREFIX + level.id, f"{level.names['en']}, now.", labels=labels)
        for roll_up in level.roll_ups:
            now: dict[str, Mapping[Labels, int]] = {"now": rolled_up(self._tallies.levels(), level.measure, roll_up)}
            for values, number in shown(now, roll_up, self._known, int.__add__, 0)["now"].items():
                family.add_metric([",".join(roll_up), *_spread(roll_up, values, level.labels)], number)
        return family

    def _unlisted(self) -> Iterator[Metric]:
        """Yield what of this month is shown as `other`, since the settings do not list it."""
        values, facts = (
            GaugeMetricFamily(f"streams_unlisted_{name}", documentation, labels=("measure", "label"))
            for name, documentation in (
                ("label_values", "Values of a label that the settings do not list: together they are shown as other."),
                ("counts", "What is counted of the measure under such values, this month."),
            )
        )
        for labels, found in unlisted(self._tallies.window("month"), self._known).items():
            values.add_metric(labels, found.values)
            facts.add_metric(labels, found.counted)
        yield from (values, facts)


def _spread(roll_up: tuple[str, ...], values: Labels, labels: tuple[str, ...] = DIMENSIONS) -> list[str]:
    """Return the values in the order of DIMENSIONS, those of `labels` alone, empty where they are summed over."""
    named = dict(zip(roll_up, values, strict=True))
    return [named.get(label, ALL) for label in DIMENSIONS if label in labels]
