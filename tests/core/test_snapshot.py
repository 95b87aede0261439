"""The snapshot: every subset of labels, exact ratios, verdicts, trend, offsets; same log, same bytes."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.core.documents import digest
from streams.core.partition import READ_TOPICS
from streams.core.ratios import decimal_text, percent, ratio_text
from streams.core.snapshot import SnapshotError, build_snapshot, read_snapshot, write_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, generated, outage, ticket
from tests.oracle import assert_equal, recount

AS_OF = at("2009-08-05 00:00")


def installation_with(messages: list[Any]) -> Installation:
    """Return an installation that has counted messages as of 5 August."""
    installation = Installation()
    installation.send(messages)
    installation.count(AS_OF)
    return installation


def document(installation: Installation, period: str = "2009-07") -> Any:
    """Return the snapshot's JSON, read with the standard library."""
    return json.loads(write_snapshot(build_snapshot(period, installation.tallies, DEFINITIONS)))


def counted_again(installation: Installation, period: str) -> Any:
    """Return what the oracle counts of a month."""
    return recount(
        installation.messages(),
        period=period,
        as_of=AS_OF,
        families=DEFINITIONS.families,
        prefixes=DEFINITIONS.prefixes,
        placeholders=DEFINITIONS.placeholders,
    )


def test_every_figure_is_the_oracle_s() -> None:
    """The list of indicators holds what the oracle counts, no more and no less, and states its durations exactly.

    Counts stand beside those of the month before, also where nothing was counted in this one.
    """
    installation = installation_with(generated(1, 200, at("2009-06-25 00:00"), 40))
    figures, june = (counted_again(installation, period) for period in ("2009-07", "2009-06"))
    found = document(installation)
    assert_equal(figures, found["indicators"])
    counts = {frozenset(entry["labels"].items()): entry for entry in found["counts"]}
    listed = {frozenset(entry["labels"]) for entry in found["counts"]}
    oracle_s = {cell for cell in (*figures.tickets, *june.tickets) if frozenset(dict(cell)) in listed}
    assert counts.keys() == oracle_s
    assert any(entry["count"] == 0 for entry in counts.values())
    for cell, entry in counts.items():
        assert entry["count"] == figures.tickets.get(cell, 0)
        assert entry["earlier"] == {"previous_month": june.tickets.get(cell, 0)}
    for cell, expected in figures.durations.items():
        [entry] = [entry for entry in found["durations"] if frozenset(entry["labels"].items()) == cell]
        assert entry["mean_seconds"] == decimal_text(expected.mean_seconds, 3)
        assert (entry["restored"], entry["median_minutes"], entry["p80_minutes"]) == expected[:1] + expected[2:4]
        assert (entry["p95_minutes"], entry["max_minutes"]) == expected[4:]


def test_the_same_log_gives_the_same_bytes() -> None:
    """However the messages of a partition were cut into batches, and however the figures were asked for before."""
    messages = generated(2, 100, at("2009-07-01 00:00"), 30)
    at_once, in_parts = installation_with(messages), Installation()
    for place in range(0, len(messages), 30):
        in_parts.send(messages[place : place + 30])
        in_parts.count()
    in_parts.count(AS_OF)
    in_parts.tallies.month("2009-07")
    first, second = (
        write_snapshot(build_snapshot("2009-07", installation.tallies, DEFINITIONS))
        for installation in (at_once, in_parts)
    )
    assert first == second


def test_a_snapshot_that_is_read_back_is_the_one_that_was_written() -> None:
    """Its tables too, whose dates are text in JSON."""
    made = installation_with(generated(3, 60, at("2009-07-01 00:00"), 30))
    made.send([outage("O1", at("2009-07-02 09:00"), prefixes=["6"])], topic="outages")
    made.count(AS_OF)
    snapshot = build_snapshot("2009-07", made.tallies, DEFINITIONS)
    read = read_snapshot(write_snapshot(snapshot))
    assert read.tables == snapshot.tables
    assert write_snapshot(read) == write_snapshot(snapshot)


def test_the_digest_is_that_of_the_canonical_json() -> None:
    """Anybody can check it: keys sorted, no white space, without the digest itself."""
    found = document(installation_with(generated(3, 50, at("2009-07-01 00:00"), 30)))
    stated = found.pop("sha256")
    canonical = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert stated == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_digest_changes_with_any_figure() -> None:
    """One more ticket gives another digest."""
    messages = generated(3, 50, at("2009-07-01 00:00"), 30)
    more = [*messages, ticket("one more", "6000001", at("2009-07-03 10:00"))]
    first, second = (
        build_snapshot("2009-07", installation_with(sent).tallies, DEFINITIONS) for sent in (messages, more)
    )
    assert digest(first) == first.sha256 != second.sha256


def test_a_figure_stands_beside_last_year_s_which_its_trend_of_twelve_months_leaves_out() -> None:
    """July 2008 3 of 4, June 2009 nothing, July 2009 1 of 2 in time: no month is taken for the one that is missing."""
    days = {"2008-07-10": (4, 1), "2008-08-10": (1, 0), "2009-05-10": (1, 0), "2009-07-10": (2, 1)}
    tickets = [
        ticket(
            f"{day}-{number}",
            f"600000{number}",
            at(f"{day} 10:00"),
            due_at=at(f"{day} 12:00"),
            restored_at=at(f"{day} {'13' if number < late else '11'}:00"),
        )
        for day, (tickets_made, late) in days.items()
        for number in range(tickets_made)
    ]
    found = document(installation_with(tickets))
    [rate] = [one for one in found["indicators"] if (one["id"], one["labels"]) == ("timely_restoration_rate", {})]
    assert rate["earlier"] == {"previous_year": {"numerator": 3, "denominator": 4, "ratio": "0.750000"}}
    assert [month for month, _ in rate["trend"]] == ["2008-08", "2009-05", "2009-07"]
    [total] = [one for one in found["counts"] if (one["id"], one["labels"]) == ("fault_tickets", {})]
    assert (total["count"], total["earlier"]) == (2, {"previous_year": 4})


def test_a_figure_carries_its_month_before_and_its_trend() -> None:
    """May 0 of 1, June 1 of 1, July 1 of 2 repeaters: previous is June's ratio, the trend lists the months held."""
    days = {
        "2009-05-10": ["6000001"],
        "2009-06-10": ["6000001", "6000001"],
        "2009-07-10": ["6000001", "6000001", "6000002"],
    }
    tickets = [
        ticket(f"{day}-{number}", subscriber, at(f"{day} 10:00"))
        for day, subscribers in days.items()
        for number, subscriber in enumerate(subscribers)
    ]
    total = document(installation_with(tickets))["indicators"][0]
    assert (total["id"], total["labels"], total["numerator"], total["denominator"]) == ("repeat_report_rate", {}, 1, 2)
    assert (total["ratio"], total["previous"]) == ("0.500000", "1.000000")
    assert total["trend"] == [["2009-05", "0.000000"], ["2009-06", "1.000000"], ["2009-07", "0.500000"]]


def test_a_month_not_held_before_is_null() -> None:
    """Where nothing is known of the month before, previous is null and not zero."""
    total = document(installation_with([ticket("T1", "6000001", at("2009-07-10 10:00"))]))["indicators"][0]
    assert (total["previous"], total["trend"]) == (None, [["2009-07", "0.000000"]])


def test_the_total_is_listed_even_when_there_is_nothing_to_divide_by() -> None:
    """A placeholder's ticket is nobody's report: the repeat-report rate of the month is 0 of 0, no data, no ratio."""
    total = document(installation_with([ticket("T1", "无", at("2009-07-10 10:00"))]))["indicators"][0]
    assert (total["numerator"], total["denominator"], total["ratio"]) == (0, 0, None)
    assert total["verdicts"] == {"province": "no_data", "city": "no_data"}


def test_offsets_name_every_topic_and_the_clock_stands_beside_them() -> None:
    """Which log the figures stand for can be said exactly: every topic read, per partition, and the as-of in UTC."""
    installation = installation_with([ticket("T1", "6000001", at("2009-07-10 10:00"))])
    found = document(installation)
    assert found["as_of"] == "2009-08-04T16:00:00Z"
    assert found["offsets"]["context"] == {"0": 1, "1": 1, "2": 1}
    assert found["offsets"]["faults"] == {str(number): len(installation.logs["faults", number]) for number in range(3)}
    assert found["offsets"].keys() == {*READ_TOPICS}
    assert (found["period"], found["timezone"], found["state"]) == ("2009-07", "Asia/Shanghai", "provisional")


def test_a_month_without_tallies_has_no_snapshot() -> None:
    """Asked for a month that nothing is known of, it says which months there are."""
    tallies = installation_with([ticket("T1", "6000001", at("2009-07-10 10:00"))]).tallies
    with pytest.raises(SnapshotError, match="2009-05; they hold 2009-07"):
        build_snapshot("2009-05", tallies, DEFINITIONS)


@pytest.mark.parametrize(
    ("numerator", "denominator", "ratio", "in_percent"),
    [
        (0, 7, "0.000000", 0.0),
        (7, 7, "1.000000", 100.0),
        (1, 800, "0.001250", 0.13),
        (2, 3, "0.666667", 66.67),
        (3, 0, None, None),
    ],
)
def test_ratios_are_rounded_half_up_once(
    numerator: int, denominator: int, ratio: str | None, in_percent: float | None
) -> None:
    """0.125 % prints as 0.13: a half goes up, from the exact fraction."""
    assert (ratio_text(numerator, denominator), percent(numerator, denominator)) == (ratio, in_percent)


@given(st.fractions(min_value=0), st.integers(0, 8))
def test_decimals_are_never_further_off_than_half_a_unit(value: Fraction, places: int) -> None:
    """What is printed lies within half a unit of the last place of what is meant; at exactly half, above it."""
    distance = Fraction(decimal_text(value, places)) - value
    assert -Fraction(1, 2 * 10**places) < distance <= Fraction(1, 2 * 10**places)
