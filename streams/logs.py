"""Sets logging up for a process: one shape for our own lines and the libraries', and no subscriber in any of them.

Our modules log with `structlog.get_logger()`; Faust, aiokafka and the rest use the standard library. Both pass through
the same processors, so that masking cannot be forgotten in one place. Lines go to standard error: standard output
belongs to what a command prints.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Form = Literal["json", "console"]
Level = Literal["debug", "info", "warning", "error"]

MASK = "***"

_PRIVATE_KEYS = frozenset({"subscriber", "was_subscriber", "key", "value", "number", "name"})
# The town's numbers have seven digits, mobile ones eleven; a year, a port or a fraction of a second has fewer.
_NUMBER = re.compile(r"\d{7,}")
# At info these two tell of each heartbeat and rebalance step; from warning on they tell what somebody must know.
_TALKATIVE_LIBRARIES = ("aiokafka", "faust", "mode")


def configure(form: Form, level: Level, *, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (default: standard error); a later call replaces an earlier.

    `form` is "json" (one object a line) or "console" (for people); lines below `level` are dropped, and the talkative
    libraries' below warning too, except at "debug". Who starts
    Faust must keep it from setting up logging itself.
    """
    stream = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared_processors(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(form, stream)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for library in _TALKATIVE_LIBRARIES:
        logging.getLogger(library).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)


def mask_numbers(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return the event without what could name a subscriber: private keys whole, long runs of digits in any text."""
    return {field: _masked_field(field, content) for field, content in event.items()}


def masked_text(text: str) -> str:
    """Return a text without the long runs of digits that could be a subscriber's number."""
    return _NUMBER.sub(MASK, text)


def _masked_field(field: object, content: object) -> object:
    if field in _PRIVATE_KEYS:
        return MASK
    # Underscored fields are structlog's own (the record that is being formatted): they are removed before rendering.
    return content if isinstance(field, str) and field.startswith("_") else _masked(content)


def _masked(content: object) -> object:
    match content:
        case str():
            return masked_text(content)
        case bytes():
            return f"<{len(content)} bytes>"
        case Mapping():
            return {_masked(field): _masked_field(field, part) for field, part in content.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(part) for part in content]
        case bool() | int() | float() | None:
            return content
        case _:
            return masked_text(str(content))


def _shared_processors() -> list[Processor]:
    """What our own and the libraries' lines go through; masking comes last, when tracebacks are text already."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        mask_numbers,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _renderers(form: Form, stream: TextIO) -> list[Processor]:
    if form == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    # structlog's own tracebacks would print local variables, and with them subscribers.
    return [
        structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
