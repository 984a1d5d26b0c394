"""The ``provisor`` command, forked from a process that has imported it: a second less each time."""

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path

from app.cli import main
from tests.docs.blocks import ROOT

_CLIENT = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.connect({where!r})
request = [sys.argv[1:], dict(os.environ), os.getcwd()]
socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
sys.exit(int(server.recv(8) or 70))
"""

_LONGEST = 128 * 1024


class ForkedCommand:
    """A program at a path that does as ``provisor`` does."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "provisor"
        where = str(folder / "socket")
        self.path.write_text(_CLIENT.format(python=sys.executable, where=where))
        self.path.chmod(0o755)
        program = f"from tests.docs.forked import serve; serve({where!r})"
        self._server = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self._server.stdout is not None
        self._server.stdout.readline()  # it listens

    def stop(self) -> None:
        """End the process that forks."""
        self._server.terminate()
        self._server.communicate()


def serve(where: str) -> None:
    """Fork for each request, until the process is ended."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(where)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(flush=True)  # noqa: T201 - for who waits until it listens
    while True:
        client, _ = listener.accept()
        request, streams, _, _ = socket.recv_fds(client, _LONGEST, 3)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            status = _run(json.loads(request), streams)
            client.send(str(status).encode())
            os._exit(0)
        for each in (client.detach(), *streams):
            os.close(each)


def _run(request: tuple[list[str], dict[str, str], str], streams: list[int]) -> int:
    """Run the command where, and with what, it was called; return what it ends with."""
    arguments, environment, folder = request
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        main(arguments, prog_name="provisor")
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:  # noqa: BLE001 - as Python does with what a program lets out
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0
