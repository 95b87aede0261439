"""Which branch an outage belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from streams.core.definitions import NONE, Definitions
from streams.core.events.outage import Outage, Scope
from streams.core.months import instant_of


def branch_of(outage: Outage, definitions: Definitions) -> str:
    """Return the branch that the outage states, else the one that all of its numbers belong to, else NONE."""
    if outage.branch:
        return outage.branch
    branches = set(_branches_by_places(outage.scope, definitions))
    if outage.scope.sites:
        branches |= _branches_by_directory(outage, definitions)
    return branches.pop() if len(branches) == 1 else NONE


def _branches_by_directory(outage: Outage, definitions: Definitions) -> set[str]:
    if definitions.directory is None:
        return {NONE}
    known = definitions.directory.branches_in_scope(outage.scope, instant_of(outage.started_at))
    return {branch or NONE for branch in known} or {NONE}


def _branches_by_places(scope: Scope, definitions: Definitions) -> Iterator[str]:
    """Return the branches of the numbers in ranges and under prefixes, some perhaps several times."""
    for first, last in scope.ranges:
        yield from _branches_in_range(first, last, definitions)
    for stated in scope.prefixes:
        yield definitions.branch_of_number(stated)
        yield from (branch for prefix, branch in definitions.prefixes.items() if prefix.startswith(stated))


def _branches_in_range(first: str, last: str, definitions: Definitions) -> Iterator[str]:
    """From number to number the branch can change only where a known prefix begins, or after it ends."""
    yield definitions.branch_of_number(first)
    digits = len(first)
    for prefix in definitions.prefixes:
        if len(prefix) <= digits:
            below = 10 ** (digits - len(prefix))
            for edge in (int(prefix) * below, (int(prefix) + 1) * below):
                if int(first) < edge <= int(last):
                    yield definitions.branch_of_number(str(edge).zfill(digits))
