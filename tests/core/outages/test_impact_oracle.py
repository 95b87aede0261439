"""A thousand random outages, counted by impact and by the minute: the same, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from streams.core.events.outage import Outage, Scope
from streams.core.months import MINUTE
from streams.core.outages.directory import Directory, Row
from streams.core.outages.impact import Assessment, assess
from tests.core.outages.by_the_minute import Count, PlainOutage, count, lowest_first
from tests.core.outages.making import at, definitions, outage

AUGUST = 31 * 24 * 60
"""The edge of the month, in minutes after the beginning of July."""
FIRST, LAST = AUGUST - 5 * 24 * 60, AUGUST + 5 * 24 * 60
"""Outages begin within five days of it on either side."""
NOW = AUGUST + 4 * 24 * 60 + 17
LINES = [f"66{number:05d}" for number in range(240)] + [f"66{number:06d}" for number in range(60)]

"""The lines that ranges are drawn from; there are some more beyond their ends."""
SCOPES: tuple[tuple[list[tuple[str, str]], list[str], list[str]], ...] = (
    ([], ["660001"], []),
    ([], [], ["A"]),
    ([("6600000", "6600150")], ["6600004"], ["B"]),
)
"""Ranges, prefixes and sites of an outage of lines that a directory knows."""


def _steps(random: Random, started: int, restored: int | None, users: int) -> tuple[tuple[int, int], ...]:
    last = restored if restored is not None else started + 600
    minutes = sorted(random.randint(started, last) for _ in range(random.choice((0, 0, 1, 2, 5))))
    steps, left = [], users
    for minute in minutes:
        steps.append((minute, random.randint(0, left)))
        left -= steps[-1][1]
    return tuple(steps)


def _ranges(random: Random) -> list[tuple[str, str]]:
    ranges = []
    for _ in range(random.choice((1, 1, 2, 3))):
        digits = random.choice((5, 5, 5, 6))
        first = random.randrange(240 if digits == 5 else 60)
        ranges.append((f"66{first:0{digits}d}", f"66{first + random.randrange(25):0{digits}d}"))
    return ranges


def _lines(ranges: list[tuple[str, str]]) -> frozenset[str]:
    return frozenset(
        str(number).zfill(len(first)) for first, last in ranges for number in range(int(first), int(last) + 1)
    )


def _times(random: Random) -> tuple[int, int | None]:
    started = random.choice((AUGUST, AUGUST - 1)) if random.random() < 0.02 else random.randrange(FIRST, LAST)
    if started > NOW - 600 and random.random() < 0.3:
        return started, None
    return started, started + random.choice((0, 1, 60, 180, random.randrange(600)))


def _by_ranges(random: Random, identity: str) -> tuple[Outage, PlainOutage]:
    ranges, (started, restored), branch = _ranges(random), _times(random), random.choice(("安岳", "现业"))
    lines = _lines(ranges)
    steps = _steps(random, started, restored, len(lines))
    event = outage(identity, Scope(ranges=ranges), started, restored, steps, branch=branch)
    return event, PlainOutage(identity, branch, lines, started, restored, steps)


def _assert_the_same(assessment: Assessment, plain: Count) -> None:
    total = assessment.total
    assert total.user_microseconds == plain.user_minutes * MINUTE
    assert total.users == plain.interruptions
    assert {branch: totals.user_microseconds // MINUTE for branch, totals in assessment.by_branch.items()} == dict(
        plain.user_minutes_of_branch
    )
    for impact in assessment.outages:
        identity = impact.outage.id
        assert impact.net_user_microseconds == plain.user_minutes_of_outage[identity] * MINUTE
        assert impact.user_microseconds == plain.gross_user_minutes_of_outage[identity] * MINUTE


@pytest.fixture(scope="module")
def thousand() -> tuple[list[Outage], list[PlainOutage]]:
    """A thousand outages around the month's edge, as events and plainly, in no order."""
    random = Random("a thousand outages")
    made = [_by_ranges(random, f"Q{random.randrange(10**9)}") for _ in range(1_000)]
    events, plain = zip(*made, strict=True)
    return list(events), list(plain)


@pytest.mark.parametrize(("start", "end"), [(FIRST - 1_000, AUGUST), (AUGUST, LAST + 1_000), (FIRST, LAST)])
def test_a_thousand_outages(thousand: tuple[list[Outage], list[PlainOutage]], start: int, end: int) -> None:
    """Of July, of August and of both: user-minutes of all, of branches and outages, interruptions, users out now."""
    events, plain = thousand
    assessment, counted = assess(events, definitions(), at(start), at(end), at(NOW)), count(plain, start, end, NOW)
    _assert_the_same(assessment, counted)
    if start <= NOW < end:
        assert assessment.total.users_out == counted.users_out > 0


def test_the_two_counts_can_differ(thousand: tuple[list[Outage], list[PlainOutage]]) -> None:
    """A control: one outage a minute longer, or the highest numbers back first, and the comparison fails.

    Nor would it be enough to add the outages up: hundreds of thousands of minutes are in several of them.
    """
    events, plain = thousand
    assessment = assess(events, definitions(), at(FIRST), at(LAST), at(NOW))
    longest = max(plain, key=lambda one: (one.restored or 0) - one.started)
    longer = PlainOutage(longest.id, longest.branch, longest.lines, longest.started, longest.restored + 1)
    changed = [longer if one is longest else one for one in plain]
    for wrong in (
        count(changed, FIRST, LAST, NOW),
        count(plain, FIRST, LAST, NOW, lambda lines: lowest_first(lines)[::-1]),
    ):
        with pytest.raises(AssertionError):
            _assert_the_same(assessment, wrong)
    gross = sum(impact.user_microseconds or 0 for impact in assessment.outages)
    assert gross - assessment.total.user_microseconds > 100_000 * MINUTE


def test_outages_of_lines_that_a_directory_knows() -> None:
    """Prefixes and sites hold whom the directory had in service at the start; steps may exceed them."""
    random = Random("directory")
    rows = [
        Row(line, random.choice(("A", "B", None)), None, at(FIRST - 1), at(random.choice((AUGUST, LAST))))
        for line in (*LINES, *(f"adsl{number}" for number in range(60)))
        if random.random() < 0.6
    ]
    events, plain = [], []
    for number in range(200):
        started, restored = _times(random)
        ranges, prefixes, sites = random.choice(SCOPES)
        lines = frozenset(
            row.number
            for row in rows
            if row.active_from <= at(started) < row.active_to
            and (
                row.site in sites
                or (row.number.isdigit() and row.number.startswith(tuple(prefixes)))
                or row.number in _lines(ranges)
            )
        )
        steps = _steps(random, started, restored, len(lines) + 20)
        scope = Scope(ranges=ranges, prefixes=prefixes, sites=sites)
        events.append(outage(f"Q{number}", scope, started, restored, steps, branch="现业", users=10**6))
        plain.append(PlainOutage(f"Q{number}", "现业", lines, started, restored, steps))
    known = definitions(Directory(rows))
    for start, end in ((FIRST, AUGUST), (AUGUST, LAST)):
        counted = count(plain, start, end, NOW, _numbers_before_names)
        _assert_the_same(assess(events, known, at(start), at(end), at(NOW)), counted)


def _numbers_before_names(lines: Iterable[str]) -> list[str]:
    lines = set(lines)
    return [
        *lowest_first(line for line in lines if line.isdigit()),
        *lowest_first(line for line in lines if not line.isdigit()),
    ]
