"""Editions as records: large documents in parts, the first of a number counts, and a digest that finds any change."""

from __future__ import annotations

import random

import msgspec

from streams.core.checks import Check
from streams.core.documents import sealed
from streams.core.editions import PART_BYTES, Edition, Editions, edition_of, is_sound, records_of
from streams.core.snapshot import Snapshot, build_snapshot, write_snapshot
from tests.core.installation import DEFINITIONS, Installation, at, ticket

AT = "2009-08-04T00:00:00Z"


def frozen(number: int = 1, noise_bytes: int = 0) -> tuple[Edition, Snapshot]:
    """Return an edition of July, with so much in it that does not compress."""
    made = Installation()
    made.send([ticket("T1", "6000001", at("2009-07-14 10:00"))])
    made.count(at("2009-08-04 00:00"))
    snapshot = build_snapshot("2009-07", made.tallies, DEFINITIONS)
    noise = random.Random(1).randbytes(noise_bytes // 2).hex()
    check = Check(where="x", printed=noise, recomputed=None, note="noise")
    state = {"state": "frozen", "edition": number, "checks": [check], "sha256": ""}
    snapshot = sealed(msgspec.structs.replace(snapshot, **state))
    return edition_of(snapshot, made.tallies.heads), snapshot


def test_a_large_document_is_kept_in_parts_and_comes_back_whole() -> None:
    """No record is larger than a part, whatever the month holds; the last record is the one that vouches."""
    edition, snapshot = frozen(noise_bytes=6 * PART_BYTES)
    records = list(records_of(edition, snapshot))
    assert len(records) > 3
    assert max(len(value) for _, value in records) <= PART_BYTES
    editions = Editions()
    for key, value in records[:-1]:
        editions.read(key, value, AT)
        assert editions.all() == []
    editions.read(*records[-1], AT)
    found = editions.last("2009-07")
    assert found is not None
    assert editions.document(found) == write_snapshot(snapshot)
    assert is_sound(found, editions.document(found))


def test_the_first_of_a_number_counts() -> None:
    """Where two were written under one number, the later one is not there for anybody, nor are its parts."""
    first, second = frozen(), frozen(noise_bytes=64)
    editions = Editions()
    for key, value in (*records_of(*first), *records_of(*second)):
        editions.read(key, value, AT)
    [kept] = editions.all("2009-07")
    assert kept.sha256 == first[0].sha256 != second[0].sha256
    assert editions.document(kept) == write_snapshot(first[1])


def test_any_change_to_a_document_is_found() -> None:
    """One digit is enough; so is another document that agrees with itself."""
    edition, snapshot = frozen()
    document = write_snapshot(snapshot)
    assert is_sound(edition, document)
    assert not is_sound(edition, document.replace(b'"count": 1', b'"count": 2', 1))
    assert not is_sound(edition, write_snapshot(frozen(noise_bytes=64)[1]))


def test_an_edition_s_heads_are_those_that_it_was_counted_up_to() -> None:
    """Offsets and closings come back by partition, with the clock."""
    made = Installation()
    made.send([ticket("T1", "6000001", at("2009-07-14 10:00"))])
    made.count(at("2009-08-04 00:00"))
    snapshot = sealed(msgspec.structs.replace(build_snapshot("2009-07", made.tallies, DEFINITIONS), edition=1))
    heads = edition_of(snapshot, made.tallies.heads).heads(made.tallies.as_of())
    assert {number: (head.applied, head.as_of, head.closed) for number, head in heads.items()} == {
        number: (head.applied, head.as_of, head.closed) for number, head in made.tallies.heads.items()
    }
