"""What /metrics shows: the catalogue's roll-ups and windows, known label values, a bounded number of series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count, product, zip_longest
from pathlib import Path

import pytest

from streams.core.catalogue import COUNTS, INDICATORS, LEVELS
from streams.core.definitions import Definitions
from streams.core.rollups import rolled_up
from streams.definitions import load
from tests.core.installation import DEFINITIONS, Installation, at, generated, ticket
from tests.serve.standin import StandIn, samples

SERIES_BUDGET = 5_000
NOW = at("2009-07-20 12:00")


def series(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """Return a series as `samples` names it."""
    return name, frozenset(labels.items())


def send_of_every_kind(installation: Installation) -> None:
    """Send one event of every kind but fault tickets, with every label set."""
    day = at("2009-07-10 10:00").isoformat()
    events = {
        "complaints": {"subscriber": "6000001", "received_at": day, "channel": "集团网站", "category": "费用争议"}
        | {"department": "简阳分公司", "justified": True, "responsible": "简阳分公司", "network_fault": True}
        | {"conduct": "客户经理", "subcategory": "计费争议", "answered_at": day}
        | {"penalties": [{"department": "简阳分公司", "kind": "overdue", "amount_fen": 2000}]},
        "orders": {"subscriber": "6000001", "created_at": day, "brand": "E8", "appointed_at": day, "reminders": 1},
        "callbacks": {"called_at": day, "subject": "vip", "caller": "local", "branch": "现业", "reached": True}
        | {"timely": True, "attitude": True, "satisfied": True},
        "assessments": {"month": "2009-07", "subject": "10000号", "item": "综合", "rank": 8},
    }
    for topic, fields in events.items():
        installation.send([{"id": "A", "revision": 0, "updated_at": day, **fields}], topic=topic)


def counted(*tickets: dict[str, object]) -> StandIn:
    """Return a reader of an installation that has counted tickets as of 20 July noon."""
    installation = Installation()
    installation.send(tickets)
    installation.count(NOW)
    return StandIn(installation)


def test_an_indicator_is_shown_as_numerator_and_denominator() -> None:
    """Two users of E8 in 现业, one of them twice: 1 of 2, by every roll-up that holds them; `by` names what is set."""
    reader = counted(
        ticket("T1", "6000001", at("2009-07-02 10:00"), brand="E8"),
        ticket("T2", "6000001", at("2009-07-03 10:00"), brand="E8"),
        ticket("T3", "6000002", at("2009-07-03 10:00"), brand="E8"),
    )
    found = samples(reader, DEFINITIONS)
    month = {"indicator": "repeat_report_rate", "window": "month"}
    for labels in (
        {},
        {"by": "brand", "brand": "E8"},
        {"by": "family", "family": "我的E家"},
        {"by": "brand,branch", "brand": "E8", "branch": "现业"},
        {"by": "service,family", "service": "broadband", "family": "我的E家"},
    ):
        assert found[series("streams_indicator_numerator", **month, **labels)] == 1
        assert found[series("streams_indicator_denominator", **month, **labels)] == 2


def test_only_what_the_catalogue_declares_is_shown() -> None:
    """Windows and roll-ups on /metrics are those of the catalogue's entries, no others."""
    installation = Installation()
    installation.send(generated(5, 100, at("2009-06-20 00:00"), 30))
    send_of_every_kind(installation)
    installation.count(NOW)
    declared = {
        (indicator.id, window, ",".join(roll_up))
        for indicator in INDICATORS
        for window in indicator.windows
        for roll_up in indicator.roll_ups
    }
    found = {
        (labels["indicator"], labels["window"], labels.get("by", ""))
        for name, pairs in samples(StandIn(installation), DEFINITIONS)
        if name == "streams_indicator_denominator" and (labels := dict(pairs))
    }
    assert found == declared


def test_counts_and_levels_have_metrics_of_their_own() -> None:
    """A ticket of an hour ago is one report in 24 h and none in 5 min; it is open, and neither overdue nor held."""
    found = samples(counted(ticket("T1", "6000001", at("2009-07-20 11:00"), brand="E8")), DEFINITIONS)
    place = {"by": "service,branch", "service": "broadband", "branch": "现业"}
    assert found[series("streams_fault_tickets", window="24h", **place)] == 1
    assert found[series("streams_fault_tickets", window="5m", **place)] == 0
    assert found[series("streams_fault_tickets_open", **place)] == 1
    assert found[series("streams_fault_tickets_overdue")] == found[series("streams_fault_tickets_held")] == 0


def test_a_series_does_not_vanish_with_its_window() -> None:
    """What the month has is there in every window, as zero; so is every total, even with no ticket at all."""
    found = samples(counted(ticket("T1", "6000001", at("2009-07-02 10:00"), brand="E8")), DEFINITIONS)
    windows = next(count.windows for count in COUNTS)
    assert [found[series("streams_fault_tickets", window=w, by="brand", brand="E8")] for w in windows] == [
        0,
        0,
        0,
        0,
        1,
        0,
    ]
    nothing = samples(counted(), DEFINITIONS)
    for indicator in INDICATORS:
        for window in indicator.windows:
            assert nothing[series("streams_indicator_denominator", indicator=indicator.id, window=window)] == 0
    assert all(nothing[series(f"streams_{level.id}")] == 0 for level in LEVELS)


def test_unknown_label_values_are_one_other() -> None:
    """A brand and a branch that the settings do not list are added up as "other", on /metrics only; "none" stays."""
    tickets = [
        ticket(f"T{number}", f"600000{number}", at("2009-07-02 10:00"), brand=brand, branch=branch)
        for number, (brand, branch) in enumerate([("E9", "成都"), ("E10", "成都"), ("E8", "现业"), (None, "现业")])
    ]
    reader = counted(*tickets)
    found = samples(reader, DEFINITIONS)
    by_brand = {
        brand: found[series("streams_fault_tickets", window="month", by="brand", brand=brand)]
        for brand in ("other", "E8", "none")
    }
    assert by_brand == {"other": 2, "E8": 1, "none": 1}
    assert found[series("streams_fault_tickets", window="month", by="branch", branch="other")] == 2
    assert not any(value in ("E9", "E10", "成都") for _, labels in found for _, value in labels)
    assert "E9" in str(reader.tallies.month("2009-07"))


def test_targets_in_force_are_shown() -> None:
    """A target is a series of its own, by tier, with the labels that it fixes."""
    found = samples(counted(), DEFINITIONS)
    e8 = {"indicator": "repeat_report_rate", "brand": "E8"}
    assert found[series("streams_indicator_target_ratio", tier="city", **e8)] == 0.05
    assert found[series("streams_indicator_target_ratio", tier="province", **e8)] == 0.08
    before = Installation()
    before.count(at("2008-12-31 12:00"))
    assert not any(name == "streams_indicator_target_ratio" for name, _ in samples(StandIn(before), DEFINITIONS))


@pytest.mark.parametrize("says", ["the tallies are not read to their end yet", None])
def test_a_reader_that_must_not_be_believed_shows_the_pipeline_alone(says: str | None) -> None:
    """Behind its topic, or with a partition not settled, there is no figure, but what is needed to see why."""
    reader = StandIn(Installation(), says)
    assert samples(reader, DEFINITIONS) == {
        series("streams_tallies_records_total"): 7,
        series("streams_tallies_backlog_records"): 2,
        series("streams_partitions"): 3,
        series("streams_partitions_settled"): 0,
        series("streams_figures_shown"): 0,
    }


def test_the_time_of_the_data_is_shown() -> None:
    """The clock of the slowest partition, in seconds since the epoch."""
    found = samples(counted(), DEFINITIONS)
    assert found[series("streams_data_timestamp_seconds")] == NOW.timestamp()
    assert found[series("streams_figures_shown")] == 1


def test_figures_follow_a_new_round() -> None:
    """What is kept from one scrape to the next is thrown away when a round has come."""
    installation = Installation()
    installation.count(NOW)
    reader = StandIn(installation)
    seen = []
    for number in range(2):
        installation.send([ticket(f"T{number}", f"600000{number}", at("2009-07-02 10:00"))])
        installation.count()
        seen.append(samples(reader, DEFINITIONS)[series("streams_fault_tickets", window="month")])
    assert seen == [1, 2]


def test_no_number_and_no_free_text_is_a_label() -> None:
    """No subscriber's number, ticket id, symptom or cause is on /metrics."""
    reader = counted(ticket("TICKET-1", "6543210", at("2009-07-02 10:00"), symptom="网速低", cause="查中自复"))
    values = {value for _, labels in samples(reader, DEFINITIONS) for _, value in labels}
    assert not any(re.search(r"6543210|TICKET-1|网速低|查中自复", value) for value in values)


def everything_sold(definitions: Definitions) -> Installation:
    """Return an installation with a ticket of every combination of labels in the settings, and of unknown ones."""
    numbers = count(6_000_000)
    installation = Installation(partitions=2, definitions=definitions)
    branches = [*definitions.branches, "unheard of"]
    for day in ("2009-06-20 10:00", "2009-07-20 11:58"):
        sold = [
            {"service": service, "brand": brand, "product": None}
            for service, brands in definitions.brands.items()
            for brand in (*brands, "unheard of", None)
        ]
        sold += [
            {"service": "key_product", "brand": None, "product": one} for one in (*definitions.products, "unheard of")
        ]
        installation.send(
            ticket(f"T{number}", str(number), at(day), branch=branch, **fields)
            for (fields, branch), number in zip(product(sold, branches), numbers, strict=False)
        )
        for topic, events in others_of(definitions, at(day).isoformat()).items():
            installation.send(events, topic=topic)
    return installation


def others_of(definitions: Definitions, day: str) -> dict[str, list[dict[str, object]]]:
    """Return complaints, orders and call-backs of a day with every label value of the settings, and unknown ones."""
    head = {"revision": 0, "updated_at": day}
    branches = [*definitions.branches, "unheard of", None]
    departments = [*definitions.departments(), "unheard of", None]
    brands = [brand for sold in definitions.brands.values() for brand in sold]
    parts = {part for listed in definitions.subcategories.values() for part in listed}
    words = zip_longest(
        definitions.channels, definitions.categories, definitions.conducts, parts, fillvalue="unheard of"
    )
    complaints = [
        {"department": department, "responsible": department, "justified": True, "branch": branch, "due_at": day}
        | {"penalties": [{"department": department or "?", "kind": "overdue", "amount_fen": 1}]}
        for department, branch in product(departments, branches)
    ] + [
        {"channel": channel, "category": category, "conduct": conduct, "subcategory": part, "branch": branch}
        for (channel, category, conduct, part), branch in product(words, branches)
    ]
    orders = [
        {"brand": brand, "branch": branch, "reminders": 1, "held": [{"from": day}]}
        for brand, branch in product([*brands, "unheard of"], branches)
    ]
    calls = [
        {"subject": subject, "caller": caller, "branch": branch, "timely": True, "attitude": True, "satisfied": True}
        for subject, caller, branch in product(("vip", "fault"), ("province", "local", None), branches)
    ]
    return {
        "complaints": _numbered(complaints, head | {"subscriber": "6000001", "received_at": day}),
        "orders": _numbered(orders, head | {"created_at": day, "appointed_at": day}),
        "callbacks": _numbered(calls, head | {"called_at": day}),
    }


def _numbered(events: Iterable[Mapping[str, object]], head: dict[str, object]) -> list[dict[str, object]]:
    return [{"id": f"{head['updated_at']}-{number}", **head, **event} for number, event in enumerate(events)]


def test_the_series_budget_holds_for_all_that_is_known_and_ten_thousand_invented() -> None:
    """With every label value of deploy/ seen in both months, and 10,000 others, /metrics has at most 5,000 series.

    The others are all counted, under their own names, where the snapshot finds them; how many they are is shown.
    """
    definitions = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
    installation = everything_sold(definitions)
    day = at("2009-07-10 10:00").isoformat()
    invented = [{"department": f"D{number}", "branch": f"B{number}"} for number in range(10_000)]
    head = {"revision": 0, "updated_at": day}
    installation.send(
        _numbered(
            invented, head | {"subscriber": "6000001", "received_at": day, "responsible": "D", "justified": True}
        ),
        topic="complaints",
    )
    orders = [{"brand": f"X{number}", "branch": f"B{number}"} for number in range(10_000)]
    installation.send(_numbered(orders, head | {"created_at": day}), topic="orders")
    installation.send(
        ticket(f"I{number}", f"61{number:05}", at("2009-07-10 10:00"), brand=f"X{number}") for number in range(10_000)
    )
    installation.count(NOW)
    found = samples(StandIn(installation), definitions)
    assert 1_000 < len(found) <= SERIES_BUDGET
    assert found[series("streams_orders", window="month", by="brand", brand="other")] >= 10_000
    assert found[series("streams_fault_tickets", window="month", by="brand", brand="other")] >= 10_000
    for measure, label in (("orders", "brand"), ("fault_tickets", "brand"), ("complaints", "department")):
        assert found[series("streams_unlisted_label_values", measure=measure, label=label)] == 10_001
        assert found[series("streams_unlisted_counts", measure=measure, label=label)] >= 10_001
    cells = rolled_up(installation.tallies.month("2009-07"), "complaints", ("department",))
    assert sum(department.startswith("D") for (department,) in cells) == 10_000


def test_the_month_s_edges_are_shown() -> None:
    """Who forecasts a month's end need know neither calendar nor time zone."""
    found = samples(counted(), DEFINITIONS)
    assert found[series("streams_month_start_timestamp_seconds")] == at("2009-07-01 00:00").timestamp()
    assert found[series("streams_month_end_timestamp_seconds")] == at("2009-08-01 00:00").timestamp()
