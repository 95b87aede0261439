"""Every query of every dashboard is answered by a real Prometheus, and the figures are the snapshot's.

On Apache Kafka, with the shipped rules, and July 2009 replayed.
"""

from __future__ import annotations

import asyncio
from decimal import ROUND_HALF_UP, Decimal

import pytest

from streams.alerting.rules.records import DENOMINATOR, NUMERATOR, RATIO
from streams.core.catalogue import INDICATORS
from streams.core.ratios import RATIO_PLACES
from streams.core.targets import TIERS
from streams.dashboards.boards.parts import figures_of
from streams.dashboards.queries import missed, or_nothing
from tests.conftest import Broker
from tests.dashboards.july import Looked, Samples, look
from tests.dashboards.shown import asked

SILENT: dict[str, str] = {}
"""Query → why July has nothing to answer it. None: a moment can be found for each."""

Figure = tuple[str, frozenset[tuple[str, str]]]
"""An indicator, and the labels that are set."""


@pytest.fixture(scope="module")
def looked(apache_kafka: Broker, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """July looked at through an installation of its own."""
    return asyncio.run(look(apache_kafka, tmp_path_factory.mktemp("dashboards"), list(asked())))


def test_every_query_is_answered(looked: Looked) -> None:
    """At one moment of July at least; what is listed as unanswered is indeed, so that the list does not outlive it."""
    silent = {query: one.where for query, one in asked().items() if not looked.ever(query)}
    assert {query: where for query, where in silent.items() if query not in SILENT} == {}
    assert set(SILENT) <= set(silent)


def test_variables_offer_what_there_is(looked: Looked) -> None:
    """The series that a variable takes its choices from have the label, with every branch among its values."""
    of_variables = {one.label: query for query, one in asked().items() if one.label}
    assert set(of_variables) == {"branch", "brand", "service"}
    for label, query in of_variables.items():
        offered = {sample["metric"].get(label, "") for sample in looked.moments["during"][query]}
        assert "" not in offered
        assert len(offered) > 1


def test_figures_are_the_snapshot_s(looked: Looked) -> None:
    """Numerator, denominator and ratio of every row that *Indicators* shows are those of the snapshot."""
    written = {
        (figure.id, frozenset(figure.labels.items())): (figure.numerator, figure.denominator, figure.ratio)
        for figure in looked.snapshot.indicators
    }
    rows = 0
    for indicator in INDICATORS:
        series = (NUMERATOR, DENOMINATOR, RATIO)
        numerators, denominators, ratios = (
            _by_labels(indicator.id, looked.july[_query(indicator.id, one)]) for one in series
        )
        assert numerators.keys() == denominators.keys()
        for place, denominator in denominators.items():
            if denominator:
                text = str(Decimal(ratios[place]).quantize(Decimal(1).scaleb(-RATIO_PLACES), ROUND_HALF_UP))
                assert (numerators[place], denominator, text) == written[place]
                rows += 1
            else:
                assert place not in ratios
    assert rows > 300


def test_what_misses_a_target_is_counted_as_it_is_judged(looked: Looked) -> None:
    """In the middle of July the wall counts as many missed figures as it lists, and the big number is not 0."""
    for tier in TIERS:
        count = next(q for q in asked() if q == or_nothing(f"count({missed(tier)})"))
        [listed] = [q for q in asked() if q.endswith(f"({missed(tier)})") and q != count]
        [number] = looked.moments["during"][count]
        assert int(number["value"][1]) == len(looked.moments["during"][listed]) > 0


def _query(indicator: str, series: str) -> str:
    [entry] = [one for one in INDICATORS if one.id == indicator]
    [found] = [one.expr for one in figures_of(entry, ()).queries if f"({series}{{" in one.expr]
    return found


def _by_labels(indicator: str, samples: Samples) -> dict[Figure, float]:
    """Return figure → value, without those of values that the settings do not list."""
    return {
        (indicator, frozenset((label, value) for label, value in sample["metric"].items() if value)): _number(sample)
        for sample in samples
        if "other" not in sample["metric"].values()
    }


def _number(sample: dict[str, list[str]]) -> float:
    return float(sample["value"][1])
