"""``provisor import`` and ``provisor export``, as operators and their scripts use them."""

import io
import json
import os
import re
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.cli.lines import WaitingRoom, batches_of
from app.cli.opening import refusals
from app.cli.output import whole_file
from app.cli.progress import Progress
from scim.storage.members import NewMember
from scim.transfer.importing import Joining
from tests.contract.transfers import group_line, user_line
from tests.served import COMMAND, ServedProvisor

_DEADLINE = 60.0


class Command:
    """The commands on a fresh instance, run in this process because that is faster."""

    def __init__(self, instance: Path) -> None:
        self.environment = {"PROVISOR_INSTANCE": str(instance), "PROVISOR_DATABASE_URL": ""}

    def run(self, *arguments: str | Path, data: bytes | None = None) -> Result:
        words = [str(each) for each in arguments]
        return CliRunner(env=self.environment).invoke(main, words, input=data)

    def export(self, *arguments: str) -> str:
        done = self.run("export", *arguments)
        assert done.exit_code == 0, done.stderr
        return done.stdout


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


def as_lines(*resources: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in resources)


USERS = as_lines(user_line("ada"), user_line("bob"), group_line("crew", "ada", "bob"))


def test_a_directory_goes_from_one_instance_to_another(tmp_path: Path, provisor: Command) -> None:
    file, other = tmp_path / "directory.jsonl", Command(tmp_path / "other")
    provisor.run("import", "-", data=USERS)

    exported = provisor.run("export", file)
    imported = other.run("import", file)

    assert (0, "", "Exported: 3.\n") == (exported.exit_code, exported.stdout, exported.stderr)
    assert (0, "") == (imported.exit_code, imported.stdout)
    assert "Added: 3. Already there: 0. Refused: 0." in imported.stderr
    assert file.read_text() == other.export() == provisor.export("-")


def test_an_export_is_its_owners_to_read(tmp_path: Path, provisor: Command) -> None:
    provisor.run("export", tmp_path / "directory.jsonl")

    assert 0o600 == (tmp_path / "directory.jsonl").stat().st_mode & 0o777
    assert ["directory.jsonl", "instance"] == sorted(each.name for each in tmp_path.iterdir())


def test_an_export_replaces_a_file_only_by_force(tmp_path: Path, provisor: Command) -> None:
    file, link = tmp_path / "directory.jsonl", tmp_path / "link"
    file.write_text("precious")
    link.symlink_to(file)

    refused = provisor.run("export", link)

    assert (1, "precious") == (refused.exit_code, file.read_text())
    assert "--force" in refused.stderr
    assert 0 == provisor.run("export", link, "--force").exit_code
    assert link.is_symlink()
    assert "" == file.read_text()


def test_an_export_goes_into_a_device_as_it_is(provisor: Command) -> None:
    provisor.run("import", "-", data=USERS)

    full = provisor.run("export", "/dev/full", "--force")

    assert 0 == provisor.run("export", "/dev/null").exit_code
    assert not Path("/dev/null").is_file()
    assert (1, "Error: /dev/full cannot be written: No space left on device.\n") == (
        full.exit_code,
        full.stderr,
    )


def test_an_export_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, provisor: Command
) -> None:
    done = provisor.run("export", tmp_path / "nowhere" / "directory.jsonl")

    assert 1 == done.exit_code
    assert done.stderr.endswith("cannot be written: No such file or directory.\n")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half"):
        _write_half_of(tmp_path / "directory.jsonl")

    assert [] == list(tmp_path.iterdir())


def _write_half_of(path: Path) -> None:
    with whole_file(str(path), overwrite=False) as file:
        file.write(b"{")
        raise ValueError("half")


def test_that_nobody_reads_any_more_is_left_to_click(tmp_path: Path) -> None:
    with (
        pytest.raises(BrokenPipeError),
        refusals(),
        whole_file(str(tmp_path / "a"), overwrite=False),
    ):
        raise BrokenPipeError


def test_a_full_disk_stops_an_import_after_whole_batches(provisor: Command) -> None:
    users = as_lines(*(user_line(f"user-{number}", title="x" * 300) for number in range(3_300)))
    provisor.run("migrate")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, hard))
    try:
        done = provisor.run("import", "-", data=users)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert 1 == done.exit_code
    assert "Stopped early" in done.stderr
    assert "Error: The database cannot be used" in done.stderr
    added = provisor.export().count("\n")
    assert f"Added: {added}." in done.stderr
    assert added in {0, 1_500, 3_000}
    assert f"Already there: {added}. Refused: 0." in provisor.run("import", "-", data=users).stderr


def test_a_reader_that_goes_away_ends_an_export(provisor: Command) -> None:
    provisor.run("import", "-", data=USERS)
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [COMMAND, "export"],
        env=os.environ | provisor.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=_DEADLINE,
        check=False,
    )
    os.close(writing)

    assert (1, b"") == (done.returncode, done.stderr)


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

    assert (0, "Added: 0.") == (done.exit_code, done.stderr[:9])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import",), 2),
        (("import", "nowhere.jsonl"), 2),
        (("import", "."), 2),
        (("import", "-", "--profile", "lenient"), 2),
        (("import", "-", "--max-line", "0"), 2),
        (("import", "-", "--report", "."), 2),
        (("export", "."), 2),
        (("export", "a", "b"), 2),
        (("import", "-", "--tenant", "unknown"), 1),
        (("import", "-", "--report", "nowhere/report"), 1),
        (("export", "--tenant", "unknown"), 1),
    ],
)
def test_exit_codes(provisor: Command, arguments: tuple[str, ...], code: int) -> None:
    done = provisor.run(*arguments)

    assert (code, "") == (done.exit_code, done.stdout)
    assert "Error: " in done.stderr


def test_the_report_is_not_the_file_to_import(tmp_path: Path, provisor: Command) -> None:
    file = tmp_path / "directory.jsonl"
    file.write_bytes(USERS)

    assert 2 == provisor.run("import", file, "--report", file).exit_code
    assert USERS == file.read_bytes()


def test_a_tenant_and_choices_can_be_named(provisor: Command) -> None:
    tenant = provisor.run("tenant", "create", "other").stdout.strip()
    lines = as_lines(
        group_line("crew"), group_line("crew", id="2"), user_line("ada", active="True")
    )

    strict = provisor.run("import", "-", "--tenant", tenant, "--profile", "strict", data=lines)
    options = ("--group-names", "shared", "--tenant", tenant)
    tolerant = provisor.run("import", "-", *options, data=lines)

    assert "Added: 1. Already there: 0. Refused: 2." in strict.stderr
    assert "Added: 2. Already there: 1. Refused: 0." in tolerant.stderr
    assert "" == provisor.export()
    assert 3 == provisor.export("--tenant", tenant).count("\n")


def test_a_line_that_is_too_long_is_not_kept() -> None:
    file = io.BufferedReader(_Endless(3 * 1024 * 1024))

    ((line,),) = batches_of(file, 10)

    assert (b"x" * 12, 3 * 1024 * 1024) == (line.text, line.size)


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


def test_progress_is_shown_on_a_terminal() -> None:
    terminal = _Terminal()

    with Progress("Importing", "lines", 200, terminal) as progress:
        progress.advance(1_000, 50)
    with Progress("Importing", "lines", None, terminal) as progress:
        progress.advance(1_000)

    first, second = terminal.getvalue().split("\r\033[K", 1)
    assert first.startswith("\rImporting   25%  1,000 lines  ")
    assert first.removesuffix("\033[K").endswith("/s  0:00 left")
    assert second.startswith("\rImporting  1,000 lines  ")
    assert "left" not in second


def test_the_time_left_may_be_hours() -> None:
    terminal = _Terminal()

    with Progress("Importing", "lines", 10**9, terminal) as progress:
        progress.advance(1)

    assert re.search(r" \d{1,7}:\d\d:\d\d left", terminal.getvalue())


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


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


def test_a_killed_import_is_gone_on_with(tmp_path: Path, database_where: str | Path) -> None:
    """SIGKILL leaves whole batches: those that were committed."""
    url = database_where if isinstance(database_where, str) else ""
    provisor = ServedProvisor(tmp_path / "instance", url)
    lines = [as_lines(user_line(f"u{number}")) for number in range(1_600)]
    file = tmp_path / "users.jsonl"
    file.write_bytes(b"".join(lines) + as_lines(group_line("crew", "u1", "u1599")))
    provisor.called("migrate")

    process = provisor.started("import", "-")
    assert process.stdin is not None
    process.stdin.write(b"".join(lines[:1_550]))  # the second batch waits for more
    process.stdin.flush()
    _wait_for(lambda: exported(provisor) > 0)
    process.kill()
    process.wait(timeout=_DEADLINE)
    process.stdin.close()

    assert 1_500 == exported(provisor)
    assert "Added: 101. Already there: 1500. Refused: 0." in provisor.said("import", str(file))
    assert 1_601 == exported(provisor)
    assert "Added: 0. Already there: 1601. Refused: 0." in provisor.said("import", str(file))


def exported(provisor: ServedProvisor) -> int:
    return len(provisor.called("export").splitlines())


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
