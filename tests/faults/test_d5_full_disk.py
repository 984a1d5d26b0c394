"""D5: the disk is full for a while, and nothing that was acknowledged is lost (SQLite)."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.faults.asking import Account
from tests.faults.conftest import Judge, Serve
from tests.faults.workload import Workload
from tests.races import until
from tests.sizes import size

_TIMES = size(2, 50)
_ROOM = size(12, 48)  # MiB: what is written between two fillings must find room, too
_FEW = 10
_PIECE = 4096  # bytes, a page of memory: no smaller file finds room beside it


class SmallDisk:
    """A file system of its own, of some MiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Take all the room that is left."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while ballast.write(bytes(_PIECE)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    if os.getuid() != 0:
        skip("only root may mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOM}m", "tmpfs", folder], check=True)
    yield SmallDisk(folder)
    subprocess.run(["umount", folder], check=True)


@pytest.mark.sized
def test_a_full_disk_stops_writes_and_nothing_else(
    small_disk: SmallDisk, serve: Serve, judge: Judge
) -> None:
    server = serve("disk/instance", "", 2)
    account = Account([server.port], server.new_token())
    processes = server.processes()

    with Workload(account) as workload:
        for _ in range(_TIMES):
            before = workload.history.statuses[503]
            small_disk.fill()
            until(lambda before=before: workload.history.statuses[503] >= before + _FEW)  # type: ignore[misc]
            found = server.ask("GET", "/scim/v2/Users?count=1", account.token)
            assert found.status == 200
            refused = server.ask("POST", "/scim/v2/Users", account.token, {"userName": "late"})
            assert refused.status == 503
            assert "503" == refused.body["status"]
            assert "retry-after" in refused.headers
            small_disk.free()
            workload.work()

    statuses = workload.history.statuses
    assert processes == server.processes()
    assert [] == workload.history.answered_otherwise(503)
    told = f"{_TIMES} times a full disk, {statuses[503]:,} times 503"
    judge("D5", told, workload.history, small_disk.folder / "instance" / "provisor.db")


def test_a_full_disk_of_the_log_fails_no_request(
    small_disk: SmallDisk, serve: Serve, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "log.db").symlink_to(small_disk.folder / "log.db")
    small_disk.fill()
    server = serve("instance", "", 1)
    app = server.called("app", "create", "Full", "--enable-scim")
    token = server.called("token", "issue", app)

    statuses = [
        server.ask("POST", "/scim/v2/Users", token, {"userName": f"user {number}"}).status
        for number in range(_FEW)
    ]
    until(lambda: "The provisioning log cannot be written" in server.log())
    small_disk.free()
    until(lambda: "The provisioning log is written again" in server.log())

    assert [201] * _FEW == statuses
    assert _FEW == len(json.loads(server.called("log", app, "--json")))
    figure(f"faults D5: the log's disk full, {_FEW} of {_FEW} requests answered as ever")
