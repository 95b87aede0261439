"""Freezing and restating on a broker: what is kept, what moved and why, and who wins."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.core.definitions import Target
from streams.core.documents import sealed
from streams.core.editions import Editions, edition_of, is_sound
from streams.core.snapshot import Snapshot, write_snapshot
from streams.kafka import edition_log
from streams.kafka.edition_log import EditionTaken, read_editions, write_edition
from streams.reports.edition_files import EditionFileError, write_edition_files
from streams.reports.freezing import ReasonNeeded
from streams.reports.noting import FreezeError
from streams.reports.snapshot_files import take_snapshot, write_snapshot_file
from tests.conftest import Broker
from tests.core.installation import at, generated, outage, ticket
from tests.reports.editions import Growing, content, moved
from tests.reports.test_audit import PARTITIONS, settings

AUGUST = at("2009-08-04 12:00")
LATE = ticket("LATE", "6000001", at("2009-07-14 10:00"), brand="E8", restored_at=at("2009-07-14 11:00"))


async def grown(broker: Broker, prefix: str, *more: dict[str, Any]) -> Growing:
    """Return an installation with July's tickets and an outage, counted in August."""
    growing = Growing(broker, prefix)
    growing.made.send(generated(7, 80, at("2009-06-20 00:00"), 35))
    growing.made.send([outage("O1", at("2009-07-20 09:00"), prefixes=["7"])], topic="outages")
    growing.made.send(more)
    await growing.count(AUGUST)
    return growing


async def test_a_frozen_month_is_the_live_one_and_is_kept_once(broker: Broker, prefix: str) -> None:
    """The figures are those of the tallies, though counted from the log; a second freeze finds nothing to write."""
    growing = await grown(broker, prefix)
    frozen = await growing.freeze()
    live = await take_snapshot(broker.connection, settings(prefix), growing.definitions, "2009-07")
    found, shown = content(frozen), msgspec.json.decode(write_snapshot(live))
    assert {field for field in found if found[field] != shown[field]} == {
        "state", "edition", "offsets", "records", "sha256",
    }  # fmt: skip
    faults = sum(len(growing.made.logs["faults", number]) for number in range(PARTITIONS))
    assert sum(found["records"]["faults"].values()) == sum(frozen.edition.offsets["faults"].values()) == faults
    again = await growing.freeze()
    assert (again.is_new, again.document) == (False, frozen.document)
    assert len((await growing.freezing().editions()).all()) == 1


async def test_one_late_ticket_moves_its_figures_and_no_others(broker: Broker, prefix: str, tmp_path: Path) -> None:
    """The restatement names that ticket alone, with every figure that it is in; the frozen file is untouched."""
    growing = await grown(broker, prefix)
    frozen = await growing.freeze()
    [file, _] = write_edition_files(await growing.freezing().editions(), "2009-07", tmp_path)
    growing.made.send([LATE])
    await growing.count(AUGUST)
    with pytest.raises(ReasonNeeded, match="figures have moved"):
        await growing.freeze()
    restated = await growing.freeze("a ticket came late")
    found = content(restated)["restatement"]
    assert found["facts"] == [{"fact": "faults/LATE", "key": "600***", "change": "new", "from": None, "to": 0}]
    assert (found["reason"], found["edition"], found["sha256"]) == ("a ticket came late", 1, frozen.edition.sha256)
    assert {tuple(facts) for facts in moved(restated).values()} == {("faults/LATE",)}
    before, after = content(frozen), content(restated)
    for part in ("indicators", "counts", "durations"):
        assert named(part, moved(restated)) == differing(before[part], after[part], part)
    assert not any("简阳" in path or "service=fixed" in path for path in moved(restated))
    assert "counts[fault_tickets branch=现业,brand=E8,family=我的E家,service=broadband].count" in counts_of(restated)
    write_edition_files(await growing.freezing().editions(), "2009-07", tmp_path)
    assert file.read_bytes() == frozen.document
    assert (tmp_path / "snapshot-restated-1.json").read_bytes() == restated.document


async def test_an_edition_that_is_seen_late_is_not_taken_for_anothers(
    embedded_broker: Broker, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka acknowledges a commit before readers see it: whoever froze waits for its own edition."""
    growing = await grown(embedded_broker, prefix)
    read, looks = edition_log._read, 0

    async def late(*asked: Any) -> Editions:
        nonlocal looks
        looks += 1
        return Editions() if looks in (3, 4) else await read(*asked)

    monkeypatch.setattr(edition_log, "_read", late)
    frozen = await growing.freeze()
    assert (frozen.is_new, looks) == (True, 5)


def counts_of(restated: Any) -> set[str]:
    """Return the paths of counts that moved, their labels in order."""
    return {path for path in moved(restated) if path.startswith("counts[")}


def named(part: str, paths: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Return (id, labels) of the entries of a part that paths name."""
    entries = (path.removeprefix(f"{part}[").partition("]")[0] for path in paths if path.startswith(f"{part}["))
    return {(name.rpartition(" ")[0], name.rpartition(" ")[2]) for name in entries}


def differing(before: list[Any], after: list[Any], part: str) -> set[tuple[str, str]]:
    """Return (id, labels) of the entries that are other in one list than in the other, but for words."""

    def by_name(entries: list[Any]) -> dict[tuple[str, str], Any]:
        told = [{key: value for key, value in one.items() if key not in ("names", "trend")} for one in entries]
        return {(one.get("id", ""), labels(one)): one for one in told}

    former, now = by_name(before), by_name(after)
    return {name for name in former.keys() | now.keys() if former.get(name) != now.get(name)}


def labels(entry: Any) -> str:
    """Return an entry's labels as a path has them."""
    return ",".join(f"{label}={value}" for label, value in sorted(entry["labels"].items())) or "all"


async def test_each_figure_is_explained_by_its_own_tickets(embedded_broker: Broker, prefix: str) -> None:
    """Of two late tickets in two branches each explains its branch's figures, both explain the city's."""
    growing = await grown(embedded_broker, prefix)
    await growing.freeze()
    growing.made.send([LATE, ticket("J", "7000009", at("2009-07-03 10:00"))])
    await growing.count(AUGUST)
    paths = moved(await growing.freeze("two came late"))
    assert paths["counts[fault_tickets all].count"] == ["faults/J", "faults/LATE"]
    assert paths["counts[fault_tickets branch=简阳].count"] == ["faults/J"]
    assert paths["counts[fault_tickets branch=现业].count"] == ["faults/LATE"]
    assert paths["tables.repeat_reports.faults.E8"] == ["faults/LATE"]


async def test_time_alone_and_outages_explain_what_they_move(embedded_broker: Broker, prefix: str) -> None:
    """An open ticket that passed its deadline is named as such; a declared outage is named for the reports it takes."""
    due = ticket("OPEN", "9000002", at("2009-07-30 10:00"), due_at=at("2009-08-05 00:00").isoformat(), brand="E8")
    growing = await grown(embedded_broker, prefix, due)
    await growing.freeze()
    growing.made.send([outage("O2", at("2009-07-05 09:00"), prefixes=["6"])], topic="outages")
    await growing.count(at("2009-08-05 12:00"))
    restated = await growing.freeze("an outage was declared late")
    paths = moved(restated)
    assert paths["indicators[timely_restoration_rate all].denominator"] == ["faults/OPEN"]
    assert paths["outage_totals.total.outages"] == ["outages/O2"]
    assert paths["outages[O2].reports"] == ["outages/O2"]
    changes = {fact["fact"]: fact["change"] for fact in content(restated)["restatement"]["facts"]}
    assert changes == {"faults/OPEN": "by_time", "outages/O2": "new"}


async def test_a_fault_of_august_explains_the_order_of_july_that_it_spoils(
    embedded_broker: Broker, prefix: str
) -> None:
    """On time in July, a fault 9 days later: the figure that stays open by definition moves, and the fault is named."""
    order = {
        "id": "W1", "revision": 0, "updated_at": at("2009-07-30 10:00").isoformat(), "subscriber": "6000031",
        "brand": "E8", "created_at": at("2009-07-28 10:00").isoformat(),
        "appointed_at": at("2009-07-30 09:00").isoformat(), "promised_for": at("2009-07-30 18:00").isoformat(),
        "completed_at": at("2009-07-30 10:00").isoformat(),
    }  # fmt: skip
    growing = await grown(embedded_broker, prefix)
    growing.made.send([order], topic="orders")
    await growing.count(AUGUST)
    frozen = await growing.freeze()
    assert {one["id"]: one["closes_on"] for one in content(frozen)["open_figures"]} == {
        "on_time_without_early_fault_rate": "2009-08-16",
        "justified_complaint_rate": "2009-10-01",
    }
    growing.made.send([ticket("EARLY", "6000031", at("2009-08-08 10:00"))])
    await growing.count(at("2009-08-20 12:00"))
    restated = await growing.freeze("the 15 days are over")
    early = {path: facts for path, facts in moved(restated).items() if "on_time_without_early_fault_rate all" in path}
    assert early["indicators[on_time_without_early_fault_rate all].numerator"] == ["faults/EARLY"]
    assert [one["id"] for one in content(restated)["open_figures"]] == ["justified_complaint_rate"]


async def test_another_target_restates_the_verdicts_and_names_no_ticket(embedded_broker: Broker, prefix: str) -> None:
    """Definitions are part of an edition: a verdict that turns by a new target is no ticket's doing."""
    growing = await grown(embedded_broker, prefix)
    await growing.freeze()
    harder = Target(
        indicator="timely_restoration_rate", labels={}, tier="province", ratio="1", valid_from=date(2009, 7, 1)
    )
    growing.definitions = msgspec.structs.replace(growing.definitions, targets=(*growing.definitions.targets, harder))
    restated = await growing.freeze("the province set a target late")
    found = content(restated)["restatement"]
    assert (found["targets_changed"], found["definitions_changed"], found["facts"]) == (True, False, [])
    assert moved(restated)["indicators[timely_restoration_rate all].verdicts.province"] == []


async def test_a_closed_month_is_frozen_as_it_was_closed(embedded_broker: Broker, prefix: str) -> None:
    """In October July is closed: a ticket that came after that changes nothing, so nothing is restated."""
    growing = await grown(embedded_broker, prefix)
    await growing.count(at("2009-10-02 00:00"))
    frozen = await growing.freeze()
    live = await take_snapshot(embedded_broker.connection, settings(prefix), growing.definitions, "2009-07")
    assert content(frozen)["indicators"] == msgspec.json.decode(write_snapshot(live))["indicators"]
    growing.made.send([LATE])
    await growing.count(at("2009-10-03 00:00"))
    assert not (await growing.freeze()).is_new


async def test_a_month_that_is_not_over_is_not_frozen(embedded_broker: Broker, prefix: str) -> None:
    """August is still running, and due are those that ended three days ago; frozen once, they are due no more."""
    growing = await grown(embedded_broker, prefix)
    with pytest.raises(FreezeError, match="2009-08 is not over"):
        await growing.freeze(period="2009-08")
    assert await growing.freezing().due() == ["2009-06", "2009-07"]
    await growing.freeze()
    assert await growing.freezing().due() == ["2009-06"]
    three = settings(prefix)
    patient = growing.freezing()
    patient._log = patient._log._replace(settings=msgspec.structs.replace(three, freeze_grace_days=30))
    assert await patient.due() == ["2009-06"]


async def test_of_two_who_write_one_edition_at_once_one_wins(broker: Broker, prefix: str) -> None:
    """Time after time one of them has the number, whole, and the other is told; the first is never overwritten."""
    frozen = await (await grown(broker, prefix)).freeze()
    snapshot = msgspec.json.decode(frozen.document, type=Snapshot)
    heads = frozen.edition.heads(0)
    for number in range(2, 5):
        rivals = [
            sealed(msgspec.structs.replace(snapshot, edition=number, as_of=who, sha256="")) for who in ("ann", "bo")
        ]
        results = await asyncio.gather(
            *(write_edition(broker.connection, prefix, PARTITIONS, edition_of(one, heads), one) for one in rivals),
            return_exceptions=True,
        )
        told = [one for one in results if isinstance(one, EditionTaken)]
        won = [one for one in results if not isinstance(one, BaseException)]
        assert (len(won), len(told)) == (1, 1), results
        editions = await read_editions(broker.connection, prefix, PARTITIONS)
        kept = editions.last("2009-07")
        assert kept is not None
        assert (kept.number, kept.sha256) == (number, won[0].sha256)
        assert is_sound(kept, editions.document(kept))
        assert not is_sound(kept, editions.document(kept).replace(b'"2009-07"', b'"2009-08"', 1))
    first = (await read_editions(broker.connection, prefix, PARTITIONS)).get("2009-07", 1)
    assert first == frozen.edition


async def test_files_of_editions_are_never_overwritten(embedded_broker: Broker, prefix: str, tmp_path: Path) -> None:
    """A provisional file gives way to the frozen one, a later snapshot goes beside it, another edition is refused."""
    growing = await grown(embedded_broker, prefix)
    live = await take_snapshot(embedded_broker.connection, settings(prefix), growing.definitions, "2009-07")
    path = write_snapshot_file(live, tmp_path)
    frozen = await growing.freeze()
    editions = await growing.freezing().editions()
    assert write_edition_files(editions, "2009-07", tmp_path) == [path, tmp_path / "editions.json"]
    assert path.read_bytes() == frozen.document
    assert write_snapshot_file(live, tmp_path) == tmp_path / "snapshot-provisional.json"
    assert path.read_bytes() == frozen.document
    path.write_bytes(frozen.document.replace(b'"2009-07"', b'"2009-06"', 1))
    with pytest.raises(EditionFileError, match="holds another edition"):
        write_edition_files(editions, "2009-07", tmp_path)
