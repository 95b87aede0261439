"""The sample month, made once for all tests of this folder."""

from typing import Any

import pytest

from streams.samples import SAMPLES
from streams.samples.lines import Line
from tests.samples import counting


@pytest.fixture(scope="session")
def lines() -> list[Line]:
    """All messages of july-2009 in the order of their arrival."""
    return list(SAMPLES["july-2009"].lines())


@pytest.fixture(scope="session")
def tickets(lines: list[Line]) -> list[dict[str, Any]]:
    """The newest revision of every ticket."""
    return counting.newest(lines)


@pytest.fixture(scope="session")
def july(tickets: list[dict[str, Any]]) -> list[counting.Ticket]:
    """The valid tickets opened in July."""
    return counting.opened_in(tickets, 2009, 7)


@pytest.fixture(scope="session")
def june(tickets: list[dict[str, Any]]) -> list[counting.Ticket]:
    """The valid tickets opened in June."""
    return counting.opened_in(tickets, 2009, 6)
