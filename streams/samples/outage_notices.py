"""What the network centre tells of mass outages: the six that the report prints, and three that it does not.

Those three are an outage in June that ended in steps, a false report, and planned work. In the newest revisions July's
printed outages have the printed users, hours, services and scopes; the first ones know less, or something wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from streams.samples import printed
from streams.samples.calendar import DAY, HOUR, MINUTE, instant, write_instant
from streams.samples.courses import Course, Fields, Step, known, told
from streams.samples.outages import outages
from streams.samples.period import JULY
from streams.samples.tickets import BROADBAND, FIXED, Outage

TOPIC = "outages"

_SOURCE = "noc"


class _Notice(NamedTuple):
    """How a printed outage became known.

    declared, suspected: minutes from its start to the declaration, and to a note before it that the queue is long.
    expected: minutes from its start to the end that the declaration promised.
    noted: minutes from its end to the note that it is over.
    at_first: what the declaration says otherwise than the later messages.
    """

    owner: str
    declared: int
    expected: int
    noted: int
    suspected: int | None = None
    at_first: Fields | None = None


_NOTICES = {
    "2009-07-01": _Notice("简阳分公司", declared=14, expected=120, noted=6),
    "2009-07-05": _Notice("现业公众客户部", declared=18, expected=180, noted=9, suspected=7),
    "2009-07-14": _Notice(
        "现业公众客户部", declared=16, expected=150, noted=11, at_first={"scope": {"prefixes": ["6635"]}, "users": 80}
    ),
    "2009-07-20": _Notice("川通服资阳分公司", declared=10, expected=60, noted=8),
    "2009-07-21": _Notice("川通服资阳分公司", declared=15, expected=480, noted=22),
    "2009-07-26": _Notice(
        "现业农村客户部", declared=12, expected=90, noted=5, at_first={"scope": {"prefixes": ["6184"]}, "users": None}
    ),
}
_PUT_RIGHT = 20 * MINUTE
# The duty clerk notes an end to the minute; on this morning the review of the month's outages puts in the seconds.
_REVIEWED = JULY.end + 2 * DAY + 9 * HOUR + 30 * MINUTE
_KEYED_BY_BRANCH = "2009-07-05"


def courses() -> list[Course]:
    """Return what is told of every outage, in the order of their starts."""
    entries = zip(printed.report()["outages"], outages(), strict=True)
    result = [*(_printed(entry, outage) for entry, outage in entries), _in_steps(), _false_report(), _planned_work()]
    return sorted(result, key=lambda course: str(course[0].fields["started_at"]))


def _printed(entry: dict[str, Any], outage: Outage) -> Course:
    day = entry["date"].isoformat()
    course = _course(outage.started_at, _NOTICES[day].owner, entry, _printed_steps(entry, outage, _NOTICES[day]))
    if day == _KEYED_BY_BRANCH:
        for revision in course[1:]:
            revision.key = str(entry["branch"])
    return course


def _printed_steps(entry: dict[str, Any], outage: Outage, notice: _Notice) -> Iterator[Step]:
    """Yield what becomes known of a printed outage and when."""
    if notice.suspected is not None:
        yield outage.started_at + notice.suspected * MINUTE, {"status": "suspected"}
    declared_at = outage.started_at + notice.declared * MINUTE
    expected_at = write_instant(outage.started_at + notice.expected * MINUTE)
    right: Fields = {"users": entry["users"], "scope": entry["scope"]}
    yield declared_at, {"status": "confirmed", "expected_at": expected_at} | right | (notice.at_first or {})
    if notice.at_first:
        yield declared_at + _PUT_RIGHT, right
    noted = outage.restored_at // MINUTE * MINUTE
    over: Fields = {"status": "restored", "restored_at": write_instant(noted), "cause": outage.cause}
    yield noted + notice.noted * MINUTE, over
    if noted != outage.restored_at:
        yield _REVIEWED, {"restored_at": write_instant(outage.restored_at)}


def _in_steps() -> Course:
    """Return an outage of June: a cut cable of 1,200 lines, spliced bundle by bundle."""
    started_at = instant("2009-06-17T09:20:00+08:00")
    opening: Fields = {
        "branch": "安岳",
        "scope": {"ranges": [["5125000", "5126199"]]},
        "services": [FIXED, BROADBAND],
    }
    bundles = ((started_at + 65 * MINUTE, 500), (started_at + 130 * MINUTE, 400))
    spliced = [{"at": write_instant(at), "users": users} for at, users in bundles]
    restored_at = started_at + 210 * MINUTE
    over: Fields = {"status": "restored", "restored_at": write_instant(restored_at), "cause": "光缆被挖断"}
    steps: list[Step] = [
        (started_at + 13 * MINUTE, {"users": 1200, "expected_at": write_instant(started_at + 4 * HOUR)}),
        (bundles[0][0] + 4 * MINUTE, {"steps": spliced[:1]}),
        (bundles[1][0] + 4 * MINUTE, {"steps": spliced}),
        (restored_at + 7 * MINUTE, over),
    ]
    return _course(started_at, "安岳分公司", opening, steps)


def _false_report() -> Course:
    """Return an outage that was declared too soon: what looked like one were reminders of older tickets."""
    started_at = instant("2009-07-10T19:40:00+08:00")
    opening: Fields = {"branch": "安岳", "scope": {"prefixes": ["523"]}, "services": [BROADBAND]}
    steps: list[Step] = [
        (started_at + 9 * MINUTE, {"status": "suspected"}),
        (started_at + 24 * MINUTE, {"status": "confirmed", "users": 300}),
        (started_at + 130 * MINUTE, {"status": "rejected", "cause": "误报：用户集中催修"}),
    ]
    return _course(started_at, "安岳分公司", opening, steps)


def _planned_work() -> Course:
    """Return a cut-over at night, announced two days before."""
    started_at = instant("2009-07-16T00:30:00+08:00")
    opening: Fields = {
        "branch": "乐至",
        "scope": {"prefixes": ["333"]},
        "services": [FIXED, BROADBAND],
        "planned": True,
    }
    expected_at, restored_at = write_instant(started_at + 5 * HOUR), started_at + 220 * MINUTE
    steps: list[Step] = [
        (started_at - 2 * DAY + 10 * HOUR, {"users": 2400, "expected_at": expected_at, "cause": "交换机割接"}),
        (restored_at + 15 * MINUTE, {"status": "restored", "restored_at": write_instant(restored_at)}),
    ]
    return _course(started_at, "乐至分公司", opening, steps)


def _course(started_at: int, owner: str, about: Mapping[str, Any], steps: Iterable[Step]) -> Course:
    key = f"QZ-{write_instant(started_at)[:10].replace('-', '')}-1"
    opening: Fields = {
        "id": key,
        "revision": 0,
        "updated_at": "",
        "source": _SOURCE,
        "branch": about["branch"],
        "started_at": write_instant(started_at),
        "scope": about["scope"],
        "services": about["services"],
        "planned": about.get("planned"),
        "owner": owner,
    }
    return told(known(opening), steps, key)
