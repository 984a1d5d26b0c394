"""The lines of an import: how they are read, and what becomes of those that are refused."""

import io
import json
from pathlib import Path

import pytest

from app.cli.lines import WaitingRoom, batches_of
from scim.storage.members import NewMember
from scim.transfer.importing import Joining
from tests.app.transfer_command import USERS, Command, as_lines
from tests.contract.transfers import group_line, user_line


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


def test_refused_lines_are_said_and_the_command_ends_with_1(provisor: Command) -> None:
    bad = as_lines(*({"id": number} for number in range(12)))

    done = provisor.run("import", "-", data=USERS + bad)

    assert (1, "") == (done.exit_code, done.stdout)
    assert "Line 4: Neither schemas nor meta.resourceType" in done.stderr
    assert "(400 invalidValue)" in done.stderr
    assert "Line 14" not in done.stderr
    assert "2 more: --report FILE keeps every reason." in done.stderr
    assert "Added: 3. Already there: 0. Refused: 12." in done.stderr
    assert 3 == provisor.export().count("\n")


def test_refused_lines_go_to_a_report(tmp_path: Path, provisor: Command) -> None:
    report = tmp_path / "refused.jsonl"
    lines = as_lines(user_line("ada"), user_line("ADA", id="2"), group_line("crew", "eve"))

    done = provisor.run("import", "-", "--report", report, data=lines + b"{\n")

    entries = [json.loads(line) for line in report.read_text().splitlines()]
    assert 1 == done.exit_code
    assert "Line" not in done.stderr
    assert "Refused: 2. Groups without some of their members: 1.\n" in done.stderr
    assert 0o600 == report.stat().st_mode & 0o777
    assert [
        {"line": 2, "id": "2", "status": "409", "scimType": "uniqueness"},
        {"line": 4, "status": "400", "scimType": "invalidSyntax"},
        {"line": 3, "id": "crew", "status": "400", "scimType": "invalidValue"},
    ] == sorted(
        ({k: v for k, v in each.items() if k != "detail"} for each in entries),
        key=lambda each: [2, 4, 3].index(each["line"]),
    )
    assert all(each["detail"] for each in entries)


def test_the_longest_line_can_be_chosen(tmp_path: Path, provisor: Command) -> None:
    report = tmp_path / "refused.jsonl"

    provisor.run("import", "-", "--max-line", "99", "--report", report, data=USERS)

    detail = "A line has at most 99 bytes."
    assert [{"line": 3, "status": "413", "detail": detail}] == [
        json.loads(line) for line in report.read_text().splitlines()
    ]


def test_a_report_of_nothing_is_empty(tmp_path: Path, provisor: Command) -> None:
    report = tmp_path / "refused.jsonl"

    assert 0 == provisor.run("import", "-", "--report", report, data=USERS).exit_code
    assert "" == report.read_text()


@pytest.mark.parametrize(
    "written",
    [
        USERS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + USERS,
        b"\n \n" + USERS.replace(b"\n", b"\n\n\r\n"),
        USERS.removesuffix(b"\n"),
    ],
    ids=["CRLF", "byte order mark", "empty lines", "no end of the last line"],
)
def test_lines_are_read_however_they_end(provisor: Command, written: bytes) -> None:
    done = provisor.run("import", "-", data=written)

    assert "Added: 3. Already there: 0. Refused: 0." in done.stderr


@pytest.mark.parametrize(
    "bad",
    [
        USERS.splitlines()[0][:-9],
        b"\0" * 20,
        b"\xff\xfe" + '{"id":1}'.encode("utf-16-le"),
        b"[" * 100_000,
        b'"' + b"x" * (64 * 1024 * 1024),
    ],
    ids=["cut off", "NUL", "UTF-16", "deep", "64 MiB"],
)
def test_a_bad_last_line_is_refused(provisor: Command, bad: bytes) -> None:
    done = provisor.run("import", "-", data=USERS + bad)

    assert 1 == done.exit_code
    assert "Line 4: " in done.stderr
    assert "Added: 3. Already there: 0. Refused: 1." in done.stderr


def test_an_empty_file_adds_nothing(provisor: Command) -> None:
    done = provisor.run("import", "-", data=b"")

    assert (0, "Added: 0.") == (done.exit_code, done.stderr.splitlines()[-1][:9])


def test_a_line_that_is_too_long_is_not_kept() -> None:
    file = io.BufferedReader(_Endless(3 * 1024 * 1024))

    ((line,),) = batches_of(file, 10)

    assert (b"x" * 12, 3 * 1024 * 1024) == (line.text, line.size)


class _Endless(io.RawIOBase):
    """A line of many bytes, of which none is kept."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        size = min(len(buffer), self._left)
        buffer[:size] = b"x" * size
        self._left -= size
        return size


@pytest.mark.parametrize(
    ("end", "kept"), [(b"\n", 10), (b"\r\n", 10), (b"\r\r\r\n", 12), (b"", 10)]
)
def test_the_end_of_a_line_does_not_count(end: bytes, kept: int) -> None:
    ((line,),) = batches_of(io.BytesIO(b"x" * 10 + end), 10)

    assert kept == len(line.text)


def test_batches_are_bounded_in_lines_and_bytes() -> None:
    short, long = b"x\n" * 3_200, b"x" * 600_000 + b"\n"

    batches = list(batches_of(io.BytesIO(short + long * 3 + short[:4]), 1_000_000))

    assert [1_500, 1_500, 201, 1, 3] == [len(batch) for batch in batches]


def test_members_wait_in_batches_in_which_they_come_back() -> None:
    waiting = [
        Joining(number, "Group", f"g{number}", (NewMember("a", None, None),) * size, None)
        for number, size in enumerate((2_000, 3_000, 1, 5_000))
    ]

    with WaitingRoom() as room:
        room.add(waiting[:1])
        room.add(waiting[1:])
        batches = list(room.batches())

    assert 10_001 == room.members
    assert [waiting[:2], waiting[2:3], waiting[3:]] == batches
