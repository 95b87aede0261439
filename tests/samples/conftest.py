"""The sample month, made once for all tests of this folder."""

from typing import Any

import pytest

from streams.samples import SAMPLES
from streams.samples.lines import Line
from tests.samples import counting, counting_others
from tests.samples.counting_others import Fact


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    """All messages of july-2009 in the order of their arrival."""
    return list(SAMPLES["july-2009"].lines())


@pytest.fixture(scope="session")
def fault_lines(lines: list[Line]) -> list[Line]:
    """The messages about faults."""
    return [line for line in lines if line.topic == "faults"]


@pytest.fixture(scope="session")
def tickets(fault_lines: list[Line]) -> list[dict[str, Any]]:
    """The newest revision of every ticket."""
    return counting.newest(fault_lines)


@pytest.fixture(scope="session")
def july(tickets: list[dict[str, Any]]) -> list[counting.Ticket]:
    """The valid tickets opened in July."""
    return counting.opened_in(tickets, 2009, 7)


@pytest.fixture(scope="session")
def june(tickets: list[dict[str, Any]]) -> list[counting.Ticket]:
    """The valid tickets opened in June."""
    return counting.opened_in(tickets, 2009, 6)


@pytest.fixture(scope="session")
def facts(lines: list[Line]) -> dict[str, list[dict[str, Any]]]:
    """The newest revision of everything that is no fault ticket, by topic."""
    return {topic: counting_others.newest(topic, lines) for topic in counting_others.KINDS}


@pytest.fixture(scope="session")
def july_facts(facts: dict[str, list[dict[str, Any]]]) -> dict[str, list[Fact]]:
    """What is valid and of July and no fault ticket, by topic."""
    return {topic: counting_others.valid_in(topic, found, 2009, 7) for topic, found in facts.items()}


@pytest.fixture(scope="session")
def june_facts(facts: dict[str, list[dict[str, Any]]]) -> dict[str, list[Fact]]:
    """What is valid and of June and no fault ticket, by topic."""
    return {topic: counting_others.valid_in(topic, found, 2009, 6) for topic, found in facts.items()}
