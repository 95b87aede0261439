"""Reads a YAML file of settings into a Struct, such that every problem can be told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import msgspec
import yaml

Content = TypeVar("Content", bound=msgspec.Struct)

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")


class Problem(NamedTuple):
    """What is wrong with a file: the line (from 1), and the reason."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class Lines:
    """The lines of a YAML text, found by the place in its content (".people[0].names")."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def line(self, place: str) -> int:
        """Return the line of a place, or of the nearest one around it that the text has."""
        node, line = self._root, 1
        for key, index in _STEP.findall(place):
            below = _below(node, key, index)
            if below is None:
                break
            line, node = below
        return line

    def repeated_keys(self) -> Iterator[Problem]:
        """Yield each key that stands twice: YAML would silently keep the last."""
        yield from _repeated_keys(self._root)


def read(text: str, kind: type[Content]) -> tuple[Content | None, Lines, list[Problem]]:
    """Return a text's content as a Struct, its lines, and what is wrong with its form (then there is no content).

    Every scalar is taken as it is written, and converted by the Struct: no time or number is guessed by YAML's rules.
    """
    try:
        lines = Lines(yaml.compose(text, yaml.BaseLoader))
        if problems := list(lines.repeated_keys()):
            return None, lines, problems
        return msgspec.convert(yaml.load(text, yaml.BaseLoader), kind, strict=False), lines, []  # noqa: S506 (BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, Lines(None), [Problem(1 if mark is None else mark.line + 1, str(error.problem or error.context))]
    except yaml.YAMLError as error:
        return None, Lines(None), [Problem(1, str(error))]
    except msgspec.ValidationError as error:
        found = _PLACE.search(str(error))
        place = found[1] if found else ""
        reason = _PLACE.sub("", str(error)).replace("`", "'")
        return None, lines, [Problem(lines.line(place), f"{place.lstrip('.')}: {reason}" if place else reason)]


def _below(node: yaml.Node | None, key: str, index: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode) and (key or index == "..."):
        # msgspec writes [...] for a value of a mapping whose key it does not name.
        return next(
            ((name.start_mark.line + 1, value) for name, value in node.value if name.value == key or not key), None
        )
    if isinstance(node, yaml.SequenceNode) and index.isdigit() and int(index) < len(node.value):
        below = node.value[int(index)]
        return below.start_mark.line + 1, below
    return None


def _repeated_keys(node: yaml.Node | None) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Problem(key.start_mark.line + 1, f"{key.value!r} stands twice")
            seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _repeated_keys(one)
