"""``provisor import`` and ``provisor export``, as operators and their scripts use them."""

import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.opening import refusals
from app.cli.output import whole_file
from tests.app.transfer_command import USERS, Command, as_lines
from tests.contract.transfers import group_line, user_line
from tests.served import COMMAND, ServedProvisor

_DEADLINE = 60.0


@pytest.fixture
def provisor(tmp_path: Path) -> Command:
    return Command(tmp_path / "instance")


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
