"""What a log line looks like, and what never stands in one."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from streams import logs

SUBSCRIBER = "6332827"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def written() -> Callable[[], str]:
    """JSON lines at info, into memory; the call returns what was written."""
    stream = io.StringIO()
    logs.configure("json", "info", stream=stream)
    return stream.getvalue


def test_our_line_is_one_json_object(written: Callable[[], str]) -> None:
    """A line of our own carries event, level, logger, a UTC time stamp and its fields as they were given."""
    structlog.get_logger("streams.worker").info("partition settled", partition=3, seconds=0.25)
    line = json.loads(written())
    assert line["event"] == "partition settled"
    assert (line["level"], line["logger"]) == ("info", "streams.worker")
    assert line["timestamp"].endswith("Z")
    assert (line["partition"], line["seconds"]) == (3, 0.25)


def test_libraries_lines_have_the_same_shape(written: Callable[[], str]) -> None:
    """A standard-library line comes out as ours do, its arguments filled in."""
    logging.getLogger("aiokafka.consumer").warning("fetch of partition %d failed", 3)
    line = json.loads(written())
    assert line["event"] == "fetch of partition 3 failed"
    assert (line["level"], line["logger"]) == ("warning", "aiokafka.consumer")


def test_below_the_level_nothing_is_written(written: Callable[[], str]) -> None:
    """Lines below the level are dropped, and the talkative libraries' below warning too."""
    structlog.get_logger().debug("detail")
    logging.getLogger("aiokafka").info("heartbeat")
    assert written() == ""


def test_debug_lets_the_libraries_talk() -> None:
    """At debug the talkative libraries are heard as well."""
    stream = io.StringIO()
    logs.configure("json", "debug", stream=stream)
    logging.getLogger("aiokafka").debug("heartbeat")
    assert "heartbeat" in stream.getvalue()


@pytest.mark.parametrize(
    "fields",
    [
        {"subscriber": SUBSCRIBER},
        {"was_subscriber": SUBSCRIBER},
        {"key": b"6332827"},
        {"value": {"id": "F1", "symptom": SUBSCRIBER}},
        {"number": 6332827},
        {"name": "安岳 6332827"},
        {"reason": f"ticket of {SUBSCRIBER}: no time zone"},
        {"payload": b"6332827"},
        {"ticket": {"id": "F1", "subscriber": SUBSCRIBER}},
        {"tickets": [{"subscriber": SUBSCRIBER}, (SUBSCRIBER,)]},
        {"by_line": {SUBSCRIBER: 2}},
        {"error": ValueError(f"no such line {SUBSCRIBER}")},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_no_field_shows_a_subscriber(written: Callable[[], str], fields: dict[str, object]) -> None:
    """Wherever a subscriber's number stands in a line's fields, however nested, it is masked."""
    structlog.get_logger().info("event", **fields)
    assert "633" not in written()
    assert logs.MASK in written() or "bytes>" in written()


def test_a_message_shows_no_subscriber(written: Callable[[], str]) -> None:
    """Numbers in the text of a line, ours or a library's, are masked; short numbers such as ports stay."""
    structlog.get_logger().info(f"line {SUBSCRIBER} on port 9092")
    logging.getLogger("faust").error("cannot decode key %r", SUBSCRIBER)
    assert "633" not in written()
    assert "9092" in written()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_subscriber(form: logs.Form) -> None:
    """An exception's text is masked, and its local variables are not printed."""
    stream = io.StringIO()
    logs.configure(form, "info", stream=stream)
    private = f"line {SUBSCRIBER}"
    try:
        raise ValueError(private)
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("faust").exception("failed")
    assert stream.getvalue().count("Traceback") == 2
    assert "633" not in stream.getvalue()


def test_plain_numbers_stay(written: Callable[[], str]) -> None:
    """Offsets and sizes are integers, not text, and stay as they are."""
    structlog.get_logger().info("read", offset=123_456_789)
    assert json.loads(written())["offset"] == 123_456_789


def test_context_is_carried(written: Callable[[], str]) -> None:
    """What a process binds once, such as its worker's id, stands in each of its lines."""
    with structlog.contextvars.bound_contextvars(worker="w1"):
        structlog.get_logger().info("ready")
    assert json.loads(written())["worker"] == "w1"
