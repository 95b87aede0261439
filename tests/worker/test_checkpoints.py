"""Checkpoint files: what is kept comes back as it was, and nothing that is damaged or another log's is believed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.core.head import ClosedMonth
from streams.core.ledger import Fact, Fold
from streams.core.takeover import Kept
from streams.kafka.identity import LogIdentity
from streams.settings import Settings
from streams.worker.checkpoints import Checkpoints

NUMBER = 3
IDENTITY = LogIdentity("cluster", {"faults": "a", "context": "b", "tallies": "c"})


def settings(folder: Path, **environment: str) -> Settings:
    """Return settings that keep checkpoints in a folder."""
    return Settings.from_environment({"STREAMS_DATA_DIR": str(folder), **environment})


def files(folder: Path) -> list[Path]:
    """Return what lies in a folder."""
    return list(folder.iterdir())


def kept() -> Kept:
    """Return a state with a few facts and a closed month."""
    fold = Fold()
    for number in range(50):
        fold.merge(f"66{number % 7}", f"ticket {number}", Fact(number % 3, number, b"facts of %d" % number, number))
    return Kept(
        folds={"faults": fold},
        positions={"faults": 70, "context": 9},
        closed=[ClosedMonth("2009-05", {"faults": 12})],
    )


async def test_a_state_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """What is loaded equals what was saved: facts, offsets, positions and closed months."""
    checkpoints = Checkpoints(settings(tmp_path), IDENTITY)
    await checkpoints.save(NUMBER, kept())
    loaded = checkpoints.load(NUMBER)
    assert loaded is not None
    assert (loaded.positions, loaded.closed) == (kept().positions, kept().closed)
    assert loaded.folds["faults"].entries == kept().folds["faults"].entries
    assert loaded.folds["faults"].facts == 50


async def test_a_newer_checkpoint_takes_the_place_of_the_older_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """One partition has one file, however often it is kept."""
    checkpoints = Checkpoints(settings(tmp_path), IDENTITY)
    for position in (70, 80):
        await checkpoints.save(NUMBER, msgspec.structs.replace(kept(), positions={"faults": position}))
    loaded = checkpoints.load(NUMBER)
    assert loaded is not None
    assert loaded.positions == {"faults": 80}
    assert files(tmp_path) == [checkpoints.path(NUMBER)]


async def test_no_flipped_byte_is_believed(tmp_path: Path) -> None:
    """A file with any one byte changed, wherever it stands, is ignored."""
    checkpoints = Checkpoints(settings(tmp_path), IDENTITY)
    await checkpoints.save(NUMBER, kept())
    path = checkpoints.path(NUMBER)
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert checkpoints.load(NUMBER) is None, f"byte {place} of {len(whole)}"


async def test_no_truncated_file_is_believed(tmp_path: Path) -> None:
    """A file that was cut off, at whatever length, is ignored, and so is one that is not there."""
    checkpoints = Checkpoints(settings(tmp_path), IDENTITY)
    assert checkpoints.load(NUMBER) is None
    await checkpoints.save(NUMBER, kept())
    path = checkpoints.path(NUMBER)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert checkpoints.load(NUMBER) is None, f"{length} bytes of {len(whole)}"


@pytest.mark.parametrize(
    "identity",
    [
        msgspec.structs.replace(IDENTITY, cluster="another"),
        msgspec.structs.replace(IDENTITY, topics=IDENTITY.topics | {"faults": "made anew"}),
    ],
    ids=["another cluster", "a topic made anew"],
)
async def test_another_logs_checkpoint_is_not_believed(tmp_path: Path, identity: LogIdentity) -> None:
    """The file belongs to one cluster and to its topics, not to others of the same names."""
    await Checkpoints(settings(tmp_path), IDENTITY).save(NUMBER, kept())
    assert Checkpoints(settings(tmp_path), identity).load(NUMBER) is None


async def test_another_number_of_partitions_has_other_checkpoints(tmp_path: Path) -> None:
    """With another number of partitions a partition holds other keys."""
    await Checkpoints(settings(tmp_path, STREAMS_PARTITIONS="6"), IDENTITY).save(NUMBER, kept())
    assert Checkpoints(settings(tmp_path, STREAMS_PARTITIONS="12"), IDENTITY).load(NUMBER) is None


async def test_installations_that_share_a_folder_do_not_share_checkpoints(tmp_path: Path) -> None:
    """Under another prefix the file has another name."""
    await Checkpoints(settings(tmp_path, STREAMS_PREFIX="one-"), IDENTITY).save(NUMBER, kept())
    assert Checkpoints(settings(tmp_path, STREAMS_PREFIX="two-"), IDENTITY).load(NUMBER) is None
