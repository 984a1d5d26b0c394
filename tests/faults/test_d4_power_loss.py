"""D4: the power fails at any moment, and what was answered is there afterwards (SQLite)."""

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3

from tests.conftest import skip
from tests.faults.power import Disk, Event, Sync, Word, Write, traced
from tests.sizes import size

_ROWS = size(200, 1_000)
_CUTS = size(40, 500)
_FRAME_HEADER = 24  # bytes, https://www.sqlite.org/walformat.html


def recorded(folder: Path, lasting: str, rows: int = _ROWS) -> list[Event]:
    if shutil.which("strace") is None:
        skip("strace is not installed")
    return traced(folder / "x.db", "tests.faults.writing", str(folder / "x.db"), str(rows), lasting)


def lost_by_cuts(events: Sequence[Event], folder: Path) -> list[str]:
    """Cut the power here and there, and return what somebody was answered and cannot find."""
    chance = random.Random(3)  # noqa: S311 - no secret
    first = next(at for at, event in enumerate(events) if isinstance(event, Word))
    cuts = set(chance.sample(range(first, len(events)), min(_CUTS, len(events) - first)))
    disk, answered, lost = Disk(), set[int](), []
    for at, event in enumerate(events):
        disk.do(event)
        if isinstance(event, Word):
            answered.add(int(event.text))
        if at in cuts:
            for left in (None, chance):
                disk.cut(folder, left)
                missing = answered - found_in(folder / "x.db")
                lost += [f"{number} after event {at}" for number in missing]
    return lost


def found_in(file: Path) -> set[int]:
    """Open what a power cut left, which must be sound, and return what is there."""
    connection = sqlite3.connect(file)
    assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'note'").fetchall()
    texts = connection.execute("SELECT text FROM note").fetchall() if tables else []
    connection.close()
    return {int(text.rstrip("x")) for (text,) in texts}


def commits_in(events: Sequence[Event]) -> int:
    return sum(
        isinstance(event, Write)
        and len(event.data) == _FRAME_HEADER
        and event.file.endswith("-wal")
        and event.data[4:8] != bytes(4)
        for event in events
    )


@pytest.mark.sized
def test_a_power_cut_loses_nothing_that_was_answered(
    tmp_path: Path, figure: Callable[[str], None]
) -> None:
    events = recorded(tmp_path, "full")

    lost = lost_by_cuts(events, tmp_path / "cut")

    commits = commits_in(events)
    syncs = sum(event == Sync("x.db-wal") for event in events)
    figure(
        f"faults D4: {_ROWS:,} acknowledged writes in {commits:,} commits with {syncs:,} fsyncs of"
        f" the log; {_CUTS} power cuts, each with all and with half of the unsynced sectors lost:"
        f" {len(lost)} lost"
    )
    assert [] == lost
    assert syncs >= commits > 0


def test_a_commit_that_is_not_synced_is_lost(tmp_path: Path) -> None:
    """The cuts find what they look for: this is how the provisioning log is written."""
    events = recorded(tmp_path, "normal", rows=40)

    assert lost_by_cuts(events, tmp_path / "cut")
