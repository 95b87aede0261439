"""Runs the pager: reads back what was open, then takes alerts in and sends messages, until a signal or an error."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping

import aiohttp
import structlog
from aiohttp import web

from streams.alerting.pager.acknowledge import Signer
from streams.alerting.pager.courier import Courier
from streams.alerting.pager.delivery import Deliverer, address_problem, channel_addresses
from streams.alerting.pager.desk import Desk, wall_clock
from streams.alerting.pager.live import ServeClient
from streams.alerting.pager.messages import Writer
from streams.alerting.pager.store import Fenced, StoreError, open_store, read_pages
from streams.alerting.pager.web import Web
from streams.alerting.pager.webhook import branch_finder
from streams.alerting.roster import CITY, Roster, turn
from streams.alerting.rules.alert import DUTIES
from streams.alerting.rules.routes import WEBHOOK_PATH
from streams.core.definitions import Definitions
from streams.credentials import Secret
from streams.kafka.client import Connection
from streams.settings import Address, Settings

log = structlog.get_logger("streams.pager")

SHUTDOWN_SECONDS = 5.0


async def run_pager(
    settings: Settings, definitions: Definitions, roster: Roster, signer: Signer, environment: Mapping[str, str]
) -> None:
    """Page whom the roster names until SIGTERM or SIGINT; `environment` has the channels' addresses.

    Raises StoreError when pages cannot be kept or another pager has taken over, TopicsError and BrokerUnreachable at
    the start, OSError when the address is taken.
    """
    connection = Connection.from_settings(settings, "streams-pager")
    deliverer = Deliverer(_usable_addresses(roster, environment))
    async with (
        open_store(connection, settings.prefix, settings.partitions) as store,
        aiohttp.ClientSession() as session,
    ):
        pages = await read_pages(connection, settings.prefix, settings.partitions)
        desk = Desk(roster, store, pages, wall_clock)
        writer = Writer(definitions, roster, settings.public_url)
        serve = ServeClient(session, f"http://{settings.serve}")
        courier = Courier(desk, deliverer, writer, serve, signer, settings.pager_url)
        handlers = Web(desk, courier, writer, signer, branch_finder(definitions))
        try:
            await _run(desk, courier, handlers.app(), settings.pager)
        except StoreError as error:
            if not isinstance(error, Fenced):
                await _tell_of_the_end(roster, writer, deliverer)
            raise
        finally:
            deliverer.close()


async def _tell_of_the_end(roster: Roster, writer: Writer, deliverer: Deliverer) -> None:
    """Tell whoever answers for the pipeline that nobody will be paged: without Kafka there is no page to do it with."""
    answering = turn(roster, roster.duty(DUTIES["pipeline"]), CITY, wall_clock())
    person = next(filter(None, (answering.on_duty, answering.next, answering.fallback)), None)
    if person is not None:
        channels, message = roster.people[person].channels, writer.cannot_page(person)
        outcomes = await asyncio.gather(*(deliverer.send(channel.name, message) for channel in channels))
        log.error("nobody is paged without Kafka", told=person, outcomes=outcomes)


def _usable_addresses(roster: Roster, environment: Mapping[str, str]) -> dict[str, Secret]:
    """Return the addresses of channels; one that is missing is told, and keeps nobody else from being paged."""
    addresses = channel_addresses(environment)
    for person in roster.people.values():
        for channel in person.channels:
            if problem := address_problem(channel.name, addresses):
                log.warning("a channel cannot be used", person=person.id, problem=problem)
    return addresses


async def _run(desk: Desk, courier: Courier, app: web.Application, address: Address) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    tasks = [asyncio.create_task(desk.run()), asyncio.create_task(courier.run())]
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    tasks.append(asyncio.create_task(ending.wait()))  # type: ignore[arg-type]
    try:
        await web.TCPSite(runner, address.host, address.port).start()
        log.info("pager listens", webhook=f"http://{address}{WEBHOOK_PATH}", open=len(desk.pages))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await courier.finish(SHUTDOWN_SECONDS)
        log.info("pager ends")
    finally:
        for task in tasks:
            task.cancel()
        await runner.cleanup()
