"""The sentences that the report's writer would otherwise type, from a snapshot alone, in Chinese or English; pure.

A sentence is made of phrases (`phrases`, both languages beside each other), names, and figures that say where they come
from (`sentences`). A chapter's key figures are told alike (`rates`); what it tells besides is a file of its own in
`chapters`, and a line in its list.
"""

from __future__ import annotations

from collections.abc import Callable

from streams.core.narrative.chapters import CHAPTERS
from streams.core.narrative.phrases import Language
from streams.core.narrative.rates import rate_sentences
from streams.core.narrative.sentences import Part, Sentence
from streams.core.narrative.telling import Telling
from streams.core.snapshot import Snapshot

__all__ = ["Part", "Sentence", "narrative"]


def narrative(snapshot: Snapshot, language: Language, name: Callable[[str], str]) -> dict[str, list[Sentence]]:
    """Return chapter of the report → its sentences; a chapter with nothing to tell is not there.

    `name` says what a label's value is called in the language.
    """
    telling = Telling(snapshot, language, name)
    told: dict[str, list[Sentence]] = {}
    for one in telling.key_figures:
        told.setdefault(one.chapter, []).extend(rate_sentences(telling, one))
    for chapter, tell in CHAPTERS.items():
        told.setdefault(chapter, []).extend(tell(telling))
    return {chapter: sentences for chapter, sentences in told.items() if sentences}
