"""Every topic of the sample has its share of what goes wrong: duplicates, disorder, unreadable and misplaced ones."""

import json

import pytest

from streams.samples.july_2009 import AS_OF, JULY
from streams.samples.lines import Line
from tests.samples.counting_others import KINDS, key_of, read


@pytest.fixture(params=list(KINDS))
def on_topic(request: pytest.FixtureRequest, lines: list[Line]) -> list[Line]:
    """The messages of one topic, in the order of their arrival."""
    return [line for line in lines if line.topic == request.param]


def test_messages_come_twice_and_too_late(on_topic: list[Line]) -> None:
    """Some messages come again, byte for byte, and some after a newer revision of the same thing."""
    values = [line.value for line in on_topic if read(line.topic, line.value)]
    assert len(set(values)) < len(values)
    newest: dict[str, int] = {}
    overtaken = 0
    for value in dict.fromkeys(values):
        fact = json.loads(value or b"")
        overtaken += newest.get(fact["id"], -1) > fact["revision"]
        newest[fact["id"]] = max(newest.get(fact["id"], -1), fact["revision"])
    assert overtaken


def test_some_cannot_be_read(on_topic: list[Line]) -> None:
    """Between 10 and 30 messages cannot be read; each would count in July if its error were overlooked."""
    assert 10 < sum(read(line.topic, line.value) is None for line in on_topic) < 30


def test_some_are_misplaced(on_topic: list[Line]) -> None:
    """A few things have messages under a key that is not theirs, and all of these keep what they are about."""
    placed = [(line.key or b"", fact) for line in on_topic if (fact := read(line.topic, line.value))]
    assert 1 <= len({fact["id"] for key, fact in placed if key.decode() != key_of(fact)}) <= 10


def test_the_last_message_is_of_4_august(on_topic: list[Line]) -> None:
    """Each topic has facts of July that arrive in August, and none after the fourth."""
    assert on_topic[0].at < JULY.end < on_topic[-1].at < AS_OF
