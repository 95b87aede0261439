"""What all tests share: coroutine tests, and one broker of each kind for the whole session."""

from __future__ import annotations

import asyncio
import inspect
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from click.testing import CliRunner, Result

from streams.cli import streams
from streams.kafka.client import Connection
from streams.kafka.embedded import EmbeddedBroker
from streams.settings import Settings
from tests.kafka.apache import ApacheKafka, free_ports

Run = Callable[..., Result]
"""Runs a command: its arguments, and the settings as a keyword."""


class Broker(msgspec.Struct, frozen=True):
    """A running broker that many tests use; the fixture `prefix` keeps them apart."""

    kind: Literal["embedded", "apache"]
    connection: Connection


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(scope="session")
def apache_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One Apache Kafka for the session; a test that kills it takes `apache_node` instead."""
    with ApacheKafka(tmp_path_factory.mktemp("apache-kafka")) as kafka:
        yield Broker("apache", kafka.connection)


@pytest.fixture
def apache_node(tmp_path: Path) -> Iterator[ApacheKafka]:
    """An Apache Kafka of the test's own, to be killed and restarted; it takes some seconds."""
    with ApacheKafka(tmp_path / "apache-kafka") as node:
        yield node


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[Broker]:
    """One embedded broker for the session."""
    with EmbeddedBroker(f"127.0.0.1:{free_ports(1)[0]}") as broker:
        asyncio.run(broker.wait_until_ready())
        yield Broker("embedded", broker.connection)


@pytest.fixture(params=["embedded", "apache"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each kind of broker in turn: what holds on one has to hold on the other."""
    return request.getfixturevalue({"embedded": "embedded_broker", "apache": "apache_kafka"}[request.param])


@pytest.fixture
def prefix() -> str:
    """A STREAMS_PREFIX that nobody else on the broker uses."""
    return f"t{uuid.uuid4().hex[:8]}-"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Run a command in an empty folder with nothing but the given variables set; logging stays as it was."""
    library = logging.getLogger("aiokafka")
    level = library.level
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("streams.logs.configure", lambda *_, **__: None)
    for variable in Settings.table():
        monkeypatch.delenv(variable.name, raising=False)

    def invoke(*arguments: str, settings: Mapping[str, str] | None = None, **options: object) -> Result:
        return CliRunner().invoke(streams, arguments, env=dict(settings or {}), **options)

    yield invoke
    library.setLevel(level)


def on(broker: Broker, prefix: str) -> dict[str, str]:
    """The variables that lead to an installation of three partitions on a broker."""
    return {"STREAMS_BROKER": broker.connection.bootstrap, "STREAMS_PREFIX": prefix, "STREAMS_PARTITIONS": "3"}
