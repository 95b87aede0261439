"""The sample's messages, counted plainly, give every printed figure of tables 2.1 to 2.4."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from streams.samples.july_2009 import JULY
from streams.samples.lines import Line
from streams.samples.numbers import PREFIXES
from tests.samples.counting import Ticket, having, newest, opened_in, reporters, restored_in_time

ROOT = Path(__file__).parents[2]
REPORT = yaml.safe_load((ROOT / "streams/samples/july-2009.yaml").read_text(encoding="utf-8"))
HOME_BRANDS = tuple(REPORT["repeat_reports"]["faults"])
BRANCH_OF_PREFIX = {prefix: branch for branch, prefixes in PREFIXES.items() for prefix in prefixes}


def home(brand: str | None) -> bool:
    """Tell whether a brand is of the family 我的E家."""
    return brand in HOME_BRANDS


def in_branch(tickets: list[Ticket], branch: str) -> list[Ticket]:
    """Return a branch's tickets; where none is stated the number's prefix tells."""
    return [t for t in tickets if t.get("branch", BRANCH_OF_PREFIX.get(t["subscriber"][:3])) == branch]


def percent(part: int, whole: int) -> float:
    """Return the share as printed: two decimals, half up."""
    return (part * 20000 + whole) // (2 * whole) / 100


@pytest.mark.parametrize("brand", HOME_BRANDS)
def test_repeat_reports(july: list[Ticket], brand: str) -> None:
    """2.1: tickets, reporters and repeat reporters per home brand and branch are the printed ones."""
    tickets = having(july, brand=brand)
    table = REPORT["repeat_reports"]
    assert len(tickets) == table["faults"][brand]
    assert [*reporters(tickets), percent(*reversed(reporters(tickets)))] == table[brand]["合计"]
    for branch in REPORT["branches"]:
        counts = reporters(in_branch(tickets, branch))
        assert [*counts, percent(counts[1], counts[0])] == table[brand][branch], branch


def test_a_line_belongs_to_one_brand_and_branch(july: list[Ticket], june: list[Ticket]) -> None:
    """No line has tickets of two brands or of two branches."""
    belongings: dict[str, set[tuple[str | None, str]]] = {}
    for branch in REPORT["branches"]:
        for ticket in in_branch([*july, *june], branch):
            belongings.setdefault(ticket["subscriber"], set()).add((ticket.get("brand"), branch))
    assert {len(places) for places in belongings.values()} == {1}
    assert len(belongings) == len({ticket["subscriber"] for ticket in [*july, *june]})


def test_key_products(july: list[Ticket]) -> None:
    """2.2: the nine products have 164 tickets, all in time, none with an unknown or other cause."""
    table = REPORT["key_products"]
    tickets = having(july, service="key_product")
    assert {ticket["product"] for ticket in tickets} == set(table["products"])
    assert restored_in_time(tickets) == [table["reports"], table["restored_in_time"]["count"]]
    assert Counter(ticket["cause_class"] for ticket in tickets).keys() == {"network", "customer"}
    assert not [ticket for ticket in tickets if "brand" in ticket]


def test_mobile(july: list[Ticket], june: list[Ticket]) -> None:
    """2.3: mobile tickets, in time and repeating lines are printed counts, per brand and in all; June had 418."""
    table = REPORT["mobile"]
    tickets = having(july, service="mobile")
    assert {ticket["brand"] for ticket in tickets} == table["restored_in_time"].keys() - {"合计"}
    for brand, row in table["restored_in_time"].items():
        of_brand = tickets if brand == "合计" else having(tickets, brand=brand)
        repeats = table["repeat_reports"][brand]
        assert restored_in_time(of_brand) == row[:2], brand
        assert reporters(of_brand) == repeats["counts"], brand
        assert percent(*reversed(reporters(of_brand))) == repeats["recomputed"], brand
    assert len(having(june, service="mobile")) == table["previous_month_reports"]
    assert len(having(june, service="mobile")) - len(tickets) == table["fewer_than_last_month"]


def test_broadband_counts(july: list[Ticket], june: list[Ticket]) -> None:
    """2.4: broadband tickets, their growth, the front desk's share, and home broadband in time are as printed."""
    table = REPORT["broadband"]
    tickets = having(july, service="broadband")
    cleared = len(having(tickets, preprocessed=True))
    assert [len(tickets), cleared] == [table["reports"]["count"], table["preprocessing"]["preprocessed"]]
    assert percent(cleared, len(tickets)) == table["preprocessing"]["rate_pct"]
    assert len(tickets) - len(having(june, service="broadband")) == table["reports"]["more_than_last_month"]
    for group, row in table["restored_in_time"].items():
        counts = restored_in_time(having(tickets, brand=home if group == "我的E家" else group))
        assert [*counts, percent(counts[1], counts[0])] == row, group
    other = having(tickets, brand=lambda brand: not home(brand) and brand != "普通ADSL")
    assert len(other) == table["other_broadband_reports"]


@pytest.mark.parametrize(("field", "table"), [("symptom", "top_symptoms_pct"), ("cause", "top_causes_pct")])
def test_broadband_top_lists(july: list[Ticket], field: str, table: str) -> None:
    """2.4: the printed symptoms and causes are the first three, in this order, with the printed shares."""
    tickets = having(july, service="broadband")
    counts = Counter(ticket[field] for ticket in tickets).most_common()
    printed = REPORT["broadband"][table]
    assert [(name, percent(count, len(tickets))) for name, count in counts[: len(printed)]] == list(printed.items())
    assert counts[len(printed)][1] < counts[len(printed) - 1][1]


def test_fixed(july: list[Ticket]) -> None:
    """Fixed tickets are those of the home family that are not broadband: no other service hides in the month."""
    faults = sum(REPORT["repeat_reports"]["faults"].values())
    fixed = having(july, service="fixed")
    assert len(fixed) == faults - REPORT["broadband"]["restored_in_time"]["我的E家"][0]
    assert len(having(fixed, brand=home)) == len(fixed)


def test_everything_is_decided(july: list[Ticket], june: list[Ticket]) -> None:
    """Every valid ticket is restored and closed, and past its due instant, by 5 August."""
    end = datetime.fromisoformat("2009-08-05T00:00:00+08:00")
    assert all(ticket["restored_at"] < end and ticket["closed_at"] < end for ticket in [*july, *june])
    assert {ticket["status"] for ticket in [*july, *june]} == {"closed"}


def test_places_agree_with_the_number_plan() -> None:
    """The pipeline finds the branch of a number by the same prefixes that the sample gives numbers by."""
    places = yaml.safe_load((ROOT / "deploy/places.yaml").read_text(encoding="utf-8"))["branches"]
    assert all(set(prefixes) <= set(places[branch]["prefixes"]) for branch, prefixes in PREFIXES.items())


def _without(*words: bytes) -> Callable[[Line], bool]:
    return lambda line: not any(word in (line.value or b"") for word in words)


def _keyed_rightly(line: Line) -> bool:
    return line.key is not None and b'"subscriber":"%b"' % line.key in (line.value or b"")


def _arrived_in_the_month(line: Line) -> bool:
    return line.at < JULY.end


@pytest.mark.parametrize(
    "heeded",
    [
        pytest.param(_without(b'"status":"cancelled"', b'"status":"rejected"'), id="cancelling is overlooked"),
        pytest.param(_without(b"was_subscriber"), id="a changed number is overlooked"),
        pytest.param(_keyed_rightly, id="wrongly keyed messages are dropped"),
        pytest.param(_arrived_in_the_month, id="late facts are dropped"),
    ],
)
def test_the_extras_would_move_figures(
    fault_lines: list[Line], july: list[Ticket], heeded: Callable[[Line], bool]
) -> None:
    """The extras of the stream are no decoration: who overlooks one kind of them counts another month."""
    wrong = opened_in(newest(filter(heeded, fault_lines)), 2009, 7)
    assert _summary(wrong) != _summary(july)


def test_the_oldest_revision_would_move_figures(fault_lines: list[Line], july: list[Ticket]) -> None:
    """Corrections matter: brands, branches, services and openings of first revisions give another month."""
    first = opened_in(newest(line for line in fault_lines if b'"revision":0' in (line.value or b"")), 2009, 7)
    valid = {ticket["id"] for ticket in july}
    assert len(first) != len(july)
    first = [ticket for ticket in first if ticket["id"] in valid]
    assert len(having(first, service="broadband")) != len(having(july, service="broadband"))
    assert [len(having(first, brand=brand)) for brand in HOME_BRANDS] != [
        len(having(july, brand=brand)) for brand in HOME_BRANDS
    ]


def _summary(tickets: list[Ticket]) -> list[object]:
    restored = [ticket for ticket in tickets if "restored_at" in ticket]
    return [
        len(tickets),
        restored_in_time(restored),
        reporters(tickets),
        sum(t.get("preprocessed", 0) for t in tickets),
    ]
