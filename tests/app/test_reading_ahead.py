"""Lines that a second process reads are read as this one reads them, and it outlives nobody."""

import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import click
import pytest

from app.cli.ahead import Manner, read_ahead, work
from app.settings import Settings, SettingsError
from scim import Client
from scim.choices import Choices
from scim.permission import EVERYTHING
from scim.transfer.arrivals import Batch, Line, read_batch
from scim.transfer.parcels import pack, unpack
from tests.added_schemas import BADGE, DEVICE_SCHEMA, EXTENDED, FILES
from tests.contract.transfers import group_line, lines_of, user_line
from tests.served import COMMAND, ServedProvisor, processes_of

_DEADLINE = 60.0

_LINES = lines_of(
    [
        user_line(
            "ada", active="True", meta={"version": 'W/"4"', "created": "2026-01-01T00:00:00Z"}
        ),
        user_line("bob", **{BADGE: {"number": "1"}}),
        {"schemas": [DEVICE_SCHEMA], "serial": "1"},
        {"id": "nothing"},
        group_line("crew", "ada", "bob"),
        b"{",
    ]
)


@pytest.fixture
def manner() -> Manner:
    client = Client("t", "", "", "", EVERYTHING, Choices())
    schemas = ":".join(map(str, FILES))
    return Manner(Settings(schemas=schemas), client, 1024)


def read_here(lines: list[Line], manner: Manner) -> Batch:
    return read_batch(lines, manner.longest, manner.client.reader, EXTENDED)


class Feed:
    """The same lines again and again, until it is told to end."""

    def __init__(self) -> None:
        self.given = 0
        self.is_over = False

    def __iter__(self) -> Iterator[list[Line]]:
        while not self.is_over:
            self.given += 1
            yield _LINES


def first_ahead(feed: Feed, readings: Iterator[Batch]) -> Batch:
    """Return the first batch that was read by the second process: the next is taken before it."""
    for number, batch in enumerate(readings, 1):
        if feed.given > number:
            return batch
    raise AssertionError("no second process")


def test_what_is_sent_is_what_was_read(manner: Manner) -> None:
    batch = read_here(_LINES, manner)

    assert (4, 2) == (len(batch.arrivals), len(batch.refusals))
    assert batch == unpack(pack(batch), _LINES, EXTENDED)


def test_the_second_process_reads_as_the_first(manner: Manner) -> None:
    feed = Feed()
    readings = read_ahead(iter(feed), manner, EXTENDED, alone=1)

    ahead = first_ahead(feed, readings)
    feed.is_over = True
    rest = list(readings)

    assert [read_here(_LINES, manner)] * 2 == [ahead, *rest]
    assert [] == multiprocessing.active_children()


def test_a_short_file_is_read_without_a_second_process(manner: Manner) -> None:
    for _ in read_ahead(iter([_LINES] * 2), manner, EXTENDED):
        assert [] == multiprocessing.active_children()


def test_a_file_may_end_before_the_second_process_runs(manner: Manner) -> None:
    assert 2 == len(list(read_ahead(iter([_LINES] * 2), manner, EXTENDED, alone=1)))
    assert [] == multiprocessing.active_children()


def test_a_second_process_that_is_killed_is_said(manner: Manner) -> None:
    feed = Feed()
    readings = read_ahead(iter(feed), manner, EXTENDED, alone=0)
    first_ahead(feed, readings)

    for each in multiprocessing.active_children():
        each.kill()
        each.join(_DEADLINE)

    with pytest.raises(click.ClickException, match="reads ahead has ended"):
        list(readings)


def test_schemas_that_are_gone_are_said(manner: Manner) -> None:
    gone = replace(manner, settings=Settings(schemas="gone.json"))

    with pytest.raises(SettingsError, match=r"gone\.json"):
        first_ahead(Feed(), read_ahead(iter(Feed()), gone, EXTENDED, alone=0))


def test_the_second_process_ends_with_its_pipe(manner: Manner) -> None:
    here, there = multiprocessing.Pipe()
    thread = Thread(target=work, args=(there, manner))
    thread.start()

    ready = here.recv()
    here.send([(each.number, each.text, each.size) for each in _LINES])
    parcel = here.recv()
    here.close()
    thread.join(_DEADLINE)

    assert ready is None
    assert read_here(_LINES, manner) == unpack(parcel, _LINES, EXTENDED)
    assert not thread.is_alive()


def test_the_second_process_says_what_it_cannot_use(manner: Manner) -> None:
    here, there = multiprocessing.Pipe()

    work(there, replace(manner, settings=Settings(schemas="gone.json")))

    assert isinstance(here.recv(), SettingsError)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_process_is_left_when_an_import_ends(tmp_path: Path, number: signal.Signals) -> None:
    provisor = ServedProvisor(tmp_path / "instance")
    provisor.called("migrate")
    variables = {"PROVISOR_INSTANCE": str(tmp_path / "instance"), "PROVISOR_DATABASE_URL": ""}
    with subprocess.Popen(
        [COMMAND, "import", "-"],
        env=os.environ | variables,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # so that, as at a terminal, all of them get the signal
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"{}\n" * 9_000)  # refused, which is quick
        process.stdin.flush()
        _wait_for(lambda: len(processes_of(process.pid)) == 3)  # with a resource tracker
        processes = processes_of(process.pid)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.kill()
        said = process.stderr.read().decode()  # until the last of them has closed it

    assert process.returncode
    _wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in processes))
    if number == signal.SIGINT:
        assert "Stopped early" in said
        assert "Traceback" not in said


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
