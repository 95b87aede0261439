"""The published contract says what the program does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml

from streams.asyncapi import DEAD_LETTER_HEADERS, document_text
from streams.core.events import EVENT_TYPES, Refused
from streams.core.letters import Message, dead_letter
from streams.core.suspected import SuspectedOutage, write
from streams.kafka.topics import TOPICS
from tests.core.outages.telling import SUSPECTED

Tree = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Tree:
    """The contract, parsed."""
    parsed: Tree = yaml.safe_load(document_text())
    return parsed


def test_every_topic_is_a_channel_with_its_limits(document: Tree) -> None:
    """Nobody has to read code to know the topics, or how large a message may be."""
    assert list(document["channels"]) == [topic.name for topic in TOPICS]
    for topic in TOPICS:
        channel = document["channels"][topic.name]
        assert channel["messages"]
        configuration = channel["bindings"]["kafka"]["topicConfiguration"]
        assert configuration["max.message.bytes"] == topic.max_message_bytes


def test_every_reference_leads_somewhere(document: Tree) -> None:
    """No schema, message or channel is referred to that is not in the document."""
    for reference in _references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_channel_has_messages_of_its_own(document: Tree) -> None:
    """No two topics describe their messages under one name: the second description would replace the first."""
    names = [name for channel in document["channels"].values() for name in channel["messages"]]
    assert len(names) == len(set(names))
    assert set(names) == set(document["components"]["messages"])


def test_suspected_outages_are_told_as_the_contract_says(document: Tree) -> None:
    """Who reads `suspected-outages` finds each field that is sent in the published schema, the required ones always."""
    schema = document["components"]["schemas"][SuspectedOutage.__name__]
    suspicion = msgspec.json.decode(write(SUSPECTED))
    assert set(schema["required"]) <= set(suspicion) <= set(schema["properties"])
    assert set(suspicion["reason"]) == {"zh", "en"}


def test_schemas_demand_what_the_structs_demand(document: Tree) -> None:
    """A field is required in the published schema exactly where a message without it is refused."""
    for kind in EVENT_TYPES:
        schema = document["components"]["schemas"][kind.__name__]
        fields = msgspec.structs.fields(kind)
        assert schema["required"] == [field.encode_name for field in fields if field.required]
        assert list(schema["properties"]) == [field.encode_name for field in fields]


def test_dead_letters_have_the_headers_that_are_described() -> None:
    """Each header of a dead letter is in the contract, and the other way round; without a key one is absent."""
    refused = Refused("invalid", "service", "is required")
    with_key = dead_letter("faults", 3, Message(17, b"6332827", b"{}", 0, ()), refused)
    assert dict(with_key.headers).keys() == DEAD_LETTER_HEADERS.keys()
    without_key = dead_letter("faults", 3, Message(17, None, b"{}", 0, ()), refused)
    assert dict(without_key.headers).keys() == DEAD_LETTER_HEADERS.keys() - {"streams-key"}


def _references(tree: object) -> list[str]:
    if isinstance(tree, dict):
        own = [tree["$ref"]] if "$ref" in tree else []
        return own + [found for content in tree.values() for found in _references(content)]
    if isinstance(tree, list):
        return [found for content in tree for found in _references(content)]
    return []
