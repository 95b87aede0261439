"""What the detector sees in a town of tickets, and what it does not take for an outage."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from streams.core.detection.detector import Detector, KnownOutage
from streams.core.detection.rules import DetectionRules
from streams.core.months import DAY, HOUR, MINUTE
from tests.core.detection.town import BLOCKS, CALENDAR, MONDAY, burst, last_told, quiet, signal, watch

BLOCK = ("现业", "618", "6182")
NOON = MONDAY + 14 * DAY + 12 * HOUR


def test_a_quiet_month_raises_nothing() -> None:
    """Tickets that come as usual raise no suspicion, the first day included."""
    assert watch(quiet(21)) == []


def test_a_lower_threshold_raises_false_alarms() -> None:
    """Control: the quiet month is not quiet because nothing can be raised."""
    assert watch(quiet(21), DetectionRules(threshold=1.0))


def test_a_burst_is_raised_early_in_its_block_with_its_first_report() -> None:
    """An outage of one block is named by the block, well before half of its reports are in."""
    reports = burst(NOON, [BLOCK], lines=60, minutes=50)
    told = watch([*quiet(15), *reports], until=NOON + 3 * HOUR)
    first, last = told[0], told[-1]
    assert {suspicion.id for suspicion in told} == {first.id}
    assert (first.kind, first.state, first.cell) == ("outage", "open", BLOCK)
    assert first.raised_at - NOON <= 15 * MINUTE
    assert first.first_report_at == min(report.at for report in reports)
    assert (last.state, last.branch, last.prefixes) == ("closed", "现业", ("6182",))
    assert last.ended_at is not None
    assert last.ended_at <= NOON + 50 * MINUTE
    assert 0 <= last.lines - len({report.line for report in reports}) <= 2
    assert last.symptoms == (("无法上网", last.reports),)
    assert last.confidence > first.confidence


def test_without_the_burst_nothing_is_raised() -> None:
    """Control: it is the burst that is found, not the time or the place."""
    assert watch(quiet(15), until=NOON + 3 * HOUR) == []


def test_the_tightest_range_is_named() -> None:
    """Reports from 128 neighbouring numbers name them, not their block of a thousand."""
    told = watch([*quiet(15), *burst(NOON, [BLOCK], lines=60, minutes=40, first=560, last=687)])
    ((first, last),) = told[-1].ranges
    assert 6182560 <= int(first) <= int(last) <= 6182687
    assert told[-1].prefixes == ()


def test_a_burst_in_all_blocks_of_an_exchange_is_named_by_the_exchange() -> None:
    """Where every block burns a little, the prefix above them is the place."""
    exchange = [block for block in BLOCKS if block[1] == "663"]
    told = watch([*quiet(15), *burst(NOON, exchange, lines=80, minutes=60)])
    assert {suspicion.cell for suspicion in last_told(told) if suspicion.state == "closed"} == {("现业", "663")}


def test_a_burst_everywhere_is_a_wave_and_no_outage() -> None:
    """Reports from all cells alike are a wave of complaints: they have no place."""
    told = watch([*quiet(15), *burst(NOON, BLOCKS, lines=300, minutes=60)], until=NOON + 4 * HOUR)
    (wave,) = last_told(told)
    assert (wave.kind, wave.cell, wave.ranges, wave.prefixes, wave.state) == ("wave", (), (), (), "closed")


def test_an_outage_within_a_wave_is_found() -> None:
    """A wave makes more usual everywhere, and hides no cell that burns much more."""
    wave = burst(NOON, BLOCKS, lines=300, minutes=60)
    outage = burst(NOON + 20 * MINUTE, [BLOCK], lines=60, minutes=30, seed=3)
    found = {(suspicion.kind, suspicion.cell) for suspicion in watch([*quiet(15), *wave, *outage])}
    assert found == {("wave", ()), ("outage", BLOCK)}


def test_two_outages_at_once_are_two_suspicions() -> None:
    """Bursts in two branches are told apart, and are no wave."""
    other = ("安岳", "523", "5233")
    told = watch([*quiet(15), *burst(NOON, [BLOCK], lines=50), *burst(NOON, [other], lines=50, seed=4)])
    assert {(suspicion.kind, suspicion.cell) for suspicion in last_told(told)} == {("outage", BLOCK), ("outage", other)}


def test_one_line_is_no_burst_however_often_it_reports() -> None:
    """A system that writes one line's ticket a hundred times, or two lines', raises nothing: three lines are needed."""
    again = [signal(f"a{number}", NOON + number * MINUTE // 4, BLOCK, number % 2) for number in range(100)]
    assert watch([*quiet(15), *again]) == []


def test_tickets_without_a_line_are_reports_but_no_lines() -> None:
    """Placeholder numbers alone never make an outage."""
    nobody = [msgspec.structs.replace(each, line="") for each in burst(NOON, [BLOCK], lines=100)]
    assert watch([*quiet(15), *nobody]) == []


def test_a_busy_day_after_a_quiet_night_is_no_wave() -> None:
    """The hours of the day are learned: ten times as many by day as by night raise nothing, on the first days too."""
    random = Random(5)
    signals = [
        signal(
            f"h{day}-{hour}-{number}",
            MONDAY + day * DAY + hour * HOUR + random.randrange(HOUR),
            random.choice(BLOCKS),
            number,
        )
        for day in range(7)
        for hour in range(24)
        for number in range(30 if 8 <= hour < 22 else 3)
    ]
    assert watch(signals) == []


def test_a_level_shift_is_followed() -> None:
    """Half as many tickets again, for good, are the new usual and no suspicion."""
    shifted = [*quiet(14, a_day=300), *quiet(14, seed=2, a_day=450, begin=MONDAY + 14 * DAY)]
    assert watch(shifted) == []
    detector = Detector(CALENDAR, DetectionRules())
    means = []
    for each in sorted(shifted, key=lambda each: each.at):
        detector.take(each)
        means.append(detector.expected((), MONDAY + 13 * DAY + 14 * HOUR)[0] if len(means) in (4_000, 10_000) else 0.0)
    assert means[10_000] > 1.25 * means[4_000]


def test_what_never_ends_is_the_new_level() -> None:
    """A burst of twelve hours is closed as the new level, and is not raised again while it goes on."""
    endless = burst(NOON - 5 * HOUR, [BLOCK], lines=700, minutes=14 * 60)
    lines = [msgspec.structs.replace(each, line=f"{each.line}{number}") for number, each in enumerate(endless)]
    (suspicion,) = last_told(watch([*quiet(15), *lines]))
    assert (suspicion.state, suspicion.reason.id) == ("closed", "new_level")
    assert "12" in suspicion.reason.text("zh")


def test_a_declared_outage_raises_nothing_and_teaches_nothing() -> None:
    """Reports that an outage covers raise no suspicion, and the usual band stays where it was."""
    known = KnownOutage(lambda line, _site: line.startswith("6182"), NOON, NOON + DAY)
    detector = Detector(CALENDAR, DetectionRules())
    detector.known([known])
    told = []
    for each in sorted([*quiet(16), *burst(NOON, [BLOCK], lines=200)], key=lambda each: each.at):
        told += detector.take(each)
    assert told == []
    assert detector.expected(BLOCK, NOON + DAY)[0] < 1


def test_declaring_takes_the_suspicion_over() -> None:
    """The open suspicion becomes the outage that the NOC declares; one in another place stays open."""
    detector = Detector(CALENDAR, DetectionRules())
    other = ("安岳", "523", "5233")
    reports = [*quiet(15), *burst(NOON, [BLOCK], lines=50), *burst(NOON, [other], lines=50, seed=4)]
    for each in sorted((each for each in reports if each.at < NOON + 40 * MINUTE), key=lambda each: each.at):
        detector.take(each)
    outage = KnownOutage(lambda line, _site: line.startswith("6182"), NOON - HOUR, NOON + DAY)
    (declared,) = detector.declare("O1", outage)
    assert (declared.state, declared.outage, declared.cell) == ("declared", "O1", BLOCK)
    assert [suspicion.cell for suspicion in detector.open()] == [other]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reasons_are_sentences_with_their_figures(language: str) -> None:
    """Whoever is paged reads how many lines reported in how many minutes, in either language."""
    told = watch([*quiet(15), *burst(NOON, [BLOCK], lines=40), *burst(NOON + DAY, BLOCKS, lines=300, minutes=60)])
    for suspicion in told:
        text = suspicion.reason.text(language)
        assert str(int(suspicion.reason.figures["lines"])) in text
        assert "{" not in text


def test_memory_is_bounded() -> None:
    """However many cells and tickets there are, no more than the rules allow are kept."""
    rules = DetectionRules(most_cells=50, most_signals=100, most_lines=20)
    detector = Detector(CALENDAR, rules)
    kept: dict[str, bytes] = {}
    for number in range(2_000):
        leaf = ("现业", str(number % 300))
        detector.take(signal(str(number), MONDAY + number * MINUTE // 10, leaf, number))
        kept |= detector.state()
    names = [name.partition(":")[0] for name, record in kept.items() if record]
    assert names.count("cell") <= 50
    assert (
        sum(len(msgspec.msgpack.decode(record)) for name, record in kept.items() if record and "recent" in name) <= 100
    )
