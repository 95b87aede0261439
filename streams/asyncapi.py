"""Makes the published contract: every topic, key, message and header as AsyncAPI 3.0, schemas from the Structs."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec
import yaml

from streams.core.editions import Edition
from streams.core.events import EVENT_TYPES, Event, Outage
from streams.core.events.context import Closing, Tick
from streams.core.letters import REASONS, RESENT_HEADER
from streams.core.suspected import SuspectedOutage
from streams.kafka.topics import (
    CONTEXT,
    DEAD_LETTERS,
    OUTAGE_COPIES,
    PAGES,
    SIGNALS,
    SNAPSHOTS,
    SOURCES,
    SUSPECTED,
    TALLIES,
    TOPICS,
    Topic,
    real_name,
)

Tree = dict[str, Any]
Kind = type[Event] | type[Tick] | type[Closing] | type[SuspectedOutage] | type[Edition]

HEADING = "# Made by `streams generate` from the Structs and the table of topics; do not edit.\n"
BINDING_VERSION = "0.5.0"
SCHEMA = "#/components/schemas/{name}"

DESCRIPTION = """\
Each event carries the whole current state of one thing, with a `revision`: the highest revision counts, so that
duplicates, replays and disorder change nothing. Times are RFC 3339 with an offset; unknown fields are allowed.
A message that cannot be counted goes to `dead-letters` whole. Kafka's own time stamps are the broker's clock.
"""

WHAT_CHANNELS_CARRY = {
    OUTAGE_COPIES: "Every outage once more for each partition, which must know them all. Internal.",
    SIGNALS: (
        "What each partition's new tickets and complaints tell the one that watches for outages, with its clock. "
        "Internal: its encoding may change with the program."
    ),
    SUSPECTED: "Bursts of reports that look like outages, told again whenever something about them changes.",
    CONTEXT: "Time and the closing of months, for each partition by itself: whoever sends names the partition.",
    TALLIES: "What the events count to. Internal: its encoding may change with the program.",
    PAGES: "Whom the pager told what and when, and who took it. Internal: its encoding may change with the program.",
    SNAPSHOTS: (
        "The frozen snapshot of each month and its restatements: a record PERIOD/EDITION that says where in the log it "
        "was counted, and its document, compressed (zlib), in the records PERIOD/EDITION/SHA256/PART before it. Never "
        "overwritten: of two records of one key the first counts."
    ),
    DEAD_LETTERS: "Messages that could not be counted; a record of the same key in streams-state resolved closes one.",
}

RESENT_HEADERS: Tree = {
    "type": "object",
    "properties": {
        RESENT_HEADER: {
            "const": "1",
            "description": "set on a message that came under a wrong key and was sent again under its own",
        }
    },
}

DEAD_LETTER_HEADERS: dict[str, Tree] = {
    "streams-topic": {"type": "string", "description": "the topic of the message, without prefix"},
    "streams-partition": {"type": "string", "pattern": "^[0-9]+$", "description": "its partition"},
    "streams-offset": {"type": "string", "pattern": "^[0-9]+$", "description": "its offset"},
    "streams-reason": {
        "type": "string",
        "oneOf": [{"const": reason, "description": sentence} for reason, sentence in REASONS.items()],
        "description": "the class of refusal",
    },
    "streams-field": {"type": "string", "description": "the field at fault, empty for the whole message"},
    "streams-detail": {"type": "string", "description": "what is wrong, for a person"},
    "streams-state": {"type": "string", "enum": ["open", "resolved"], "description": "whether somebody has to act"},
    "streams-key": {"type": "string", "description": "the key of the message; absent if it had none"},
}


def document_text() -> str:
    """Return the contract as YAML; the same program gives the same text."""
    return HEADING + yaml.dump(_document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes everything out, since not every reader of AsyncAPI understands YAML's anchors; long texts as blocks."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def _document() -> Tree:
    others = (SuspectedOutage, Tick, Closing, Edition)
    _, schemas = msgspec.json.schema_components([*EVENT_TYPES, *others], ref_template=SCHEMA)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Streams",
            "version": version("service-quality-streams"),
            "description": DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": _operations(),
        "components": {
            "messages": {name: message for topic in TOPICS for name, message in _messages(topic).items()},
            "schemas": schemas,
        },
    }


def _channel(topic: Topic) -> Tree:
    events = {kind.topic: _summary(kind) for kind in EVENT_TYPES}
    return {
        "address": real_name("{prefix}", topic.name),
        "description": events.get(topic.name) or WHAT_CHANNELS_CARRY[topic.name],
        "parameters": {"prefix": {"description": "STREAMS_PREFIX of the installation", "default": ""}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _messages(topic)},
        "bindings": {"kafka": {"bindingVersion": BINDING_VERSION, "topicConfiguration": _configuration(topic)}},
    }


def _configuration(topic: Topic) -> Tree:
    configuration = {
        "cleanup.policy": [topic.cleanup_policy],
        "max.message.bytes": topic.max_message_bytes,
    }
    retention = topic.configs().get("retention.ms")
    return configuration if retention is None else configuration | {"retention.ms": int(retention)}


def _messages(topic: Topic) -> dict[str, Tree]:
    """Return the kinds of message on a topic, by the names that the document gives them."""
    key = _key({"type": "string", "description": topic.keyed_by})
    events = {kind.topic: kind for kind in EVENT_TYPES}
    if topic.name in events:
        kind = events[topic.name]
        return {kind.__name__: _message(kind) | {"headers": RESENT_HEADERS, "bindings": key}}
    others = {
        OUTAGE_COPIES: {"OutageCopy": _message(Outage) | {"bindings": key}},
        SIGNALS: {
            "Signals": {
                "summary": "The signals of one partition, and up to when there are no others.",
                "contentType": "application/msgpack",
                "bindings": key,
            }
        },
        SUSPECTED: {SuspectedOutage.__name__: _message(SuspectedOutage) | {"bindings": key}},
        CONTEXT: {kind.__name__: _message(kind) for kind in (Tick, Closing)},
        TALLIES: {
            "Tally": {
                "summary": "The counts of one bucket of time, or the partition's head, which ends a round.",
                "contentType": "application/msgpack",
                "bindings": key,
            }
        },
        PAGES: {
            "Page": {
                "summary": "One matter that somebody is told of, whole, as it stands.",
                "contentType": "application/json",
                "bindings": key,
            }
        },
        SNAPSHOTS: {
            Edition.__name__: _message(Edition) | {"bindings": key},
            "EditionPart": {
                "summary": "A part of an edition's document.",
                "contentType": "application/octet-stream",
                "bindings": key,
            },
        },
        DEAD_LETTERS: {
            "DeadLetter": {
                "summary": "The bytes of a message that could not be counted; all else is in the headers.",
                "contentType": "application/octet-stream",
                "headers": {
                    "type": "object",
                    "required": [name for name in DEAD_LETTER_HEADERS if name != "streams-key"],
                    "properties": DEAD_LETTER_HEADERS,
                },
                "bindings": key,
            }
        },
    }
    return others[topic.name]


def _message(kind: Kind) -> Tree:
    return {"summary": _summary(kind), "payload": {"$ref": SCHEMA.format(name=kind.__name__)}}


def _key(schema: Tree) -> Tree:
    return {"kafka": {"bindingVersion": BINDING_VERSION, "key": schema}}


def _operations() -> dict[str, Tree]:
    received = {f"receive-{topic}": _operation("receive", topic) for topic in SOURCES}
    sent = {f"send-{topic.name}": _operation("send", topic.name) for topic in TOPICS if topic.name not in SOURCES}
    return received | sent


def _operation(action: str, channel: str) -> Tree:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _summary(kind: Kind) -> str:
    """Return the first paragraph of a Struct's docstring."""
    return (kind.__doc__ or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
