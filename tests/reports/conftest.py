"""July 2009 on a broker, counted: what commands that ask a broker are tried on."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest

from streams.core.months import datetime_of
from streams.definitions import load
from streams.samples import july_2009
from tests.conftest import Broker
from tests.reports.editions import Growing

DEFINITIONS = load(Path("deploy"), timezone="Asia/Shanghai", ledger_months=2)


@pytest.fixture(scope="session")
def july_on_broker(embedded_broker: Broker) -> Growing:
    """Return an installation of July's events, counted and published under a prefix of its own; nobody adds to it."""
    growing = Growing(embedded_broker, f"july-{uuid.uuid4().hex[:8]}-", DEFINITIONS)
    for line in july_2009.lines():
        growing.made.append(line.key or b"", line.value, topic=line.topic)
    asyncio.run(growing.count(datetime_of(july_2009.AS_OF)))
    return growing
