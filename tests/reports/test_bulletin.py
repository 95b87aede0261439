"""The weekly bulletin of the sample month: a plain count of its messages, the terminal, and files from a broker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from streams.core.bulletin import Bulletin, build_bulletin
from streams.core.documents import write_document
from streams.core.months import datetime_of
from streams.core.tables import TOTAL
from streams.core.weeks import Week, read_week
from streams.definitions import load
from streams.reports.bulletin_files import take_bulletin, write_bulletin_file
from streams.reports.terminal import print_bulletin
from streams.samples import july_2009
from tests.conftest import Broker
from tests.core.installation import DEFINITIONS as PLAIN_DEFINITIONS
from tests.core.installation import Installation, at, generated
from tests.kafka.installed import PlacedInstallation, publish
from tests.reports.test_audit import PARTITIONS, settings
from tests.samples import counting, counting_others
from tests.samples.counting import TOWN_TIME

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)
ACROSS_JUNE_AND_JULY = "2009-W27"
WEEKS = (ACROSS_JUNE_AND_JULY, "2009-W28", "2009-W31")
INVALID = ("cancelled", "rejected")
BEGINNINGS = {"faults": "opened_at", **counting_others.BEGINNINGS}

Facts = list[dict[str, Any]]


class Sample(NamedTuple):
    """The sample month, counted in memory, and the newest revision of all that it tells of, read without our code."""

    counted: Installation
    facts: dict[str, Facts]

    def bulletin(self, week: str) -> Bulletin:
        """Return the bulletin of a week."""
        return build_bulletin(read_week(week), self.counted.tallies, DEFINITIONS)

    def of_week(self, topic: str, week: Week) -> Facts:
        """Return what is valid on a topic and began in a week of town time."""
        end = week.monday + timedelta(days=7)
        valid = (fact for fact in self.facts[topic] if fact.get("status") not in INVALID)
        return [fact for fact in valid if week.monday <= _day(fact[BEGINNINGS[topic]]) < end]


def _day(moment: Any) -> date:
    day: date = moment.astimezone(TOWN_TIME).date()
    return day


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Return the sample month."""
    lines = list(july_2009.lines())
    counted = Installation(partitions=4, definitions=DEFINITIONS)
    for line in lines:
        counted.append(line.key or b"", line.value, topic=line.topic)
    counted.count(datetime_of(july_2009.AS_OF))
    facts = {topic: counting_others.newest(topic, lines) for topic in counting_others.BEGINNINGS}
    facts["faults"] = counting.newest(line for line in lines if line.topic == "faults")
    return Sample(counted, facts)


def ratio(found: Bulletin, indicator: str, **labels: str) -> tuple[int, int]:
    """Return (numerator, denominator) of an indicator."""
    [row] = [one for one in found.indicators if one.id == indicator and one.labels == labels]
    return row.numerator, row.denominator


def share(facts: Iterable[Any], holds: Callable[[Any], bool]) -> tuple[int, int]:
    """Return how many facts are so, and how many there are."""
    answers = list(map(holds, facts))
    return sum(answers), len(answers)


@pytest.mark.parametrize("week", WEEKS)
def test_events_are_those_of_a_plain_count(sample: Sample, week: str) -> None:
    """Tickets, orders, complaints and call-backs of seven days and of those before; weeks across months too."""
    found = sample.bulletin(week)
    topics = {"fault_tickets": "faults", "orders": "orders", "complaints": "complaints", "callbacks": "callbacks"}
    for identity, topic in topics.items():
        now, then = (sample.of_week(topic, one) for one in (read_week(week), read_week(week).before()))
        [one] = [one for one in found.counts if one.id == identity]
        assert (one.in_all.count, one.in_all.previous, one.in_all.change) == (len(now), len(then), len(now) - len(then))
        assert sum(branch.count for branch in one.by_branch) == len(now)


@pytest.mark.parametrize("week", WEEKS)
def test_indicators_are_those_of_a_plain_count(sample: Sample, week: str) -> None:
    """Restored, fulfilled, answered and reached in time, from dicts."""
    found = sample.bulletin(week)
    tickets, orders, cases, calls = (
        sample.of_week(topic, read_week(week)) for topic in ("faults", "orders", "complaints", "callbacks")
    )
    broadband = counting.having(tickets, service="broadband")
    plain = counting.having(broadband, brand="普通ADSL")
    decided, in_time = counting.restored_in_time(plain)
    part = {"service": "broadband", "brand": "普通ADSL"}
    assert ratio(found, "timely_restoration_rate", **part) == (in_time, decided)
    preprocessed = share(broadband, lambda one: one.get("preprocessed") is True)
    assert ratio(found, "preprocessing_rate", service="broadband") == preprocessed
    assert ratio(found, "unknown_cause_rate") == share(tickets, lambda one: one.get("cause_class") == "unknown")
    appointed = [order for order in orders if "appointed_at" in order]
    assert ratio(found, "appointment_rate") == (len(appointed), len(orders))
    assert ratio(found, "on_time_fulfilment_rate") == share(appointed, counting_others.on_time)
    assert ratio(found, "complaint_timeliness_rate") == share(cases, lambda case: not counting_others.overdue(case))
    assert ratio(found, "callback_reached_rate") == share(calls, lambda call: call.get("reached") is True)
    answered = [call for call in calls if "satisfied" in call]
    assert ratio(found, "callback_satisfied_rate") == share(answered, lambda call: call["satisfied"])


@pytest.mark.parametrize("week", WEEKS)
def test_complaints_are_those_of_a_plain_count(sample: Sample, week: str) -> None:
    """By channel and category, overdue, fined to the fen, conduct and justified ones, of seven days."""
    cases = sample.of_week("complaints", read_week(week))
    found = sample.bulletin(week).complaints
    for table, field in (("by_channel", "channel"), ("by_category", "category")):
        assert {one.value: one.count for one in found[table] if one.count} == counting_others.count(cases, field)
    late = Counter(counting_others.department(case) for case in cases if counting_others.overdue(case))
    assert _numbers(found["overdue_by_department"], TOTAL) == late
    assert found["overdue_by_department"][TOTAL] == late.total()
    assert _numbers(found["service_conduct"], "total") == counting_others.count(cases, "conduct")
    justified = [case for case in cases if case.get("justified")]
    assert found["justified_by_department"][TOTAL] == len(justified)
    rows = dict(found["penalties"])
    columns = rows.pop("columns")
    fined = {
        (department, kind): [row[columns.index(kind)], row[columns.index(f"{kind}_yuan")] * 100]
        for department, row in rows.items()
        for kind in ("overdue", "irregular_note", "keying_error", "justified")
        if department != TOTAL and row[columns.index(kind)]
    }
    assert fined == counting_others.fined(cases, lambda penalty: (_alias(penalty["department"]), penalty["kind"]))


def _numbers(table: dict[str, int], without: str) -> dict[str, int]:
    return {name: number for name, number in table.items() if number and name != without}


def _alias(department: str) -> str:
    return counting_others.department({"department": department})


def test_top_symptoms_are_those_of_a_plain_count(sample: Sample) -> None:
    """The three most frequent of the week's tickets."""
    symptoms = Counter(one.get("symptom") for one in sample.of_week("faults", read_week("2009-W28")))
    [top] = [one for one in sample.bulletin("2009-W28").top_lists if one.id == "top_symptoms" and not one.labels]
    assert [(one.value, one.count) for one in top.values] == symptoms.most_common(3)


def test_the_terminal_shows_the_week(sample: Sample) -> None:
    """State, what escalated, what a target says in all and by branch, and what a week cannot have."""
    console = Console(width=120)
    with console.capture() as capture:
        print_bulletin(sample.bulletin("2009-W28"), DEFINITIONS.branches, console)
    shown = capture.get()
    for words in (
        "2009-W28 2009-07-06 – 2009-07-12, as of 2009-08-04T16:00:00Z (complete)",
        "工信部申诉 (越级 escalated)",
        "missed 未达标",
        "96.15 % ✗",
        "too few, 24–76 %",
        "Left out, since users do not add up over days: 重复申告率 Repeat-report rate",
    ):
        assert words in shown
    assert "…" not in shown


async def test_a_bulletin_is_taken_and_written(broker: Broker, prefix: str, tmp_path: Path) -> None:
    """From the tallies on the broker, of the last whole week where none is named; a whole file with its name."""
    made = PlacedInstallation(PARTITIONS)
    made.send(generated(7, 80, at("2009-06-20 00:00"), 30))
    made.count(at("2009-07-20 12:00"))
    await publish(broker.connection, prefix, made)
    found = await take_bulletin(broker.connection, settings(prefix), PLAIN_DEFINITIONS)
    assert found == build_bulletin(read_week("2009-W29"), made.tallies, PLAIN_DEFINITIONS)
    path = write_bulletin_file(found, tmp_path / "weeks")
    assert path.read_bytes() == write_document(found)
    assert [file.name for file in path.parent.iterdir()] == ["bulletin-2009-W29.json"]
