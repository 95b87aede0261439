"""The two languages: complete, of the same structure, and each in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from streams.dashboards.lint.reading import Dashboards
from streams.dashboards.texts import LANGUAGES

SPOKEN = frozenset(
    ("title", "description", "label", "text", "legendFormat", "renamePattern", "name", "content", "query")
)
"""Fields that hold words."""
_IN_LANGUAGE = frozenset(("uid", "url", "tags"))
"""Fields that name the language."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_OF_ANY_LANGUAGE = frozenset(("content",))


def one_sided(dashboards: Dashboards) -> Iterator[str]:
    """Yield dashboards that lack a language, or are built otherwise in one than in the other."""
    names = {path.partition("/")[2] for path in dashboards}
    first, *others = LANGUAGES
    for name in sorted(names):
        versions = {language: dashboards.get(f"{language}/{name}") for language in LANGUAGES}
        for language, version in versions.items():
            if version is None:
                yield f"{name}: not in {language}"
        if all(versions.values()):
            wanted = _structure(versions[first])
            yield from (f"{name}: {one} is built otherwise" for one in others if _structure(versions[one]) != wanted)


def foreign_words(dashboards: Dashboards) -> Iterator[str]:
    """Yield words in Chinese on English dashboards, but for the runbook, which has both languages side by side."""
    for path, dashboard in dashboards.items():
        if not path.startswith("en/") or path == "en/runbook":
            continue
        for field, words in _words(dashboard):
            if _HAN.search(words):
                yield f"{path}: {field}: {words}"


def _structure(part: Any, field: str = "") -> Any:
    """Return what is the same in both languages; headings are keys as well where a table orders its columns."""
    if isinstance(part, Mapping):
        if field == "renameByName":
            return sorted(part)
        return {key: _structure(value, key) for key, value in part.items()}
    if isinstance(part, list):
        return [field] if field in _IN_LANGUAGE else [_structure(value, field) for value in part]
    if isinstance(part, str) and field in (SPOKEN | _IN_LANGUAGE | {"options"}):
        return field
    return part


def _words(part: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from ((key, value) for value in part.values()) if field == "renameByName" else _words(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from _words(value, field)
    elif isinstance(part, str) and field in SPOKEN - _OF_ANY_LANGUAGE:
        yield field, part
