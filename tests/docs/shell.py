"""The shell blocks of a page, run in their order in one shell, in a folder of their own."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.docs.blocks import blocks_of, run_blocks
from tests.served import COMMAND, ServedProvisor, free_port

_EXAMPLES = ("https://scim.example.com", "http://127.0.0.1:5000")
"""What pages write for the URL of the reader's server."""

_DATABASE = "postgresql://provisor@db.example.com/provisor"

_FEWER = {"--workers 2": "--workers 1", "--workers 4": "--workers 1"}
"""Each takes a second of a CPU to start."""

_PROVISOR = """#!/bin/sh
# The command; a server ends as soon as it is ready.
[ "$1" = serve ] || exec {command} "$@"
{serving} "$@" & server=$!
until {curl} -sf http://127.0.0.1:$PROVISOR_PORT/readyz >/dev/null
do kill -0 $server || exit 1; sleep 0.1
done
kill -TERM $server
wait $server
"""

_CURL = """#!/bin/sh
# curl, which fails where the answer is an error.
exec {curl} --fail-with-body "$@"
"""


class Desk:
    """Where the reader of a page sits: a folder, the two commands, and an instance.

    :param url: of a server that runs already, if there is one
    :param command: what stands in for ``provisor`` but where it serves
    """

    def __init__(
        self,
        folder: Path,
        instance: Path,
        url: str,
        database_url: str = "",
        command: Path = COMMAND,
    ) -> None:
        self._folder = folder
        self._changes = dict.fromkeys(_EXAMPLES, url) | {_DATABASE: database_url} | _FEWER
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        curl = shutil.which("curl")
        for name, script in {"provisor": _PROVISOR, "curl": _CURL}.items():
            text = script.format(command=command, serving=COMMAND, curl=curl)
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PROVISOR" not in name},
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PROVISOR_INSTANCE": str(instance),
            "PROVISOR_PORT": str(free_port()),
        }

    def follow(self, page: Path, **variables: str) -> str:
        """Do what a page says, and return what was printed; nothing of it may fail.

        :param variables: of the shell, which the reader has from elsewhere
        """
        for block in blocks_of(page):
            if block.file:
                (self._folder / block.file).write_text(block.text)
        script = "set -eu\n" + "".join(run_blocks(page, "sh"))
        for example, ours in self._changes.items():
            script = script.replace(example, ours)
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self._folder,
            env=self._environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


def reader_of(provisor: ServedProvisor, page: Path) -> dict[str, str]:
    """Return what the reader of a page that sends requests has already: an app and its token."""
    tenant = provisor.called("tenant", "create", page.stem)
    app = provisor.called("app", "create", "Reader", "--tenant", tenant, "--enable-scim")
    token = provisor.called("token", "issue", app)
    return {"app": app, "token": token, "found": token}
