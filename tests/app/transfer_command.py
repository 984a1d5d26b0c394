"""``provisor import`` and ``provisor export`` on an instance of their own."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main
from tests.contract.transfers import group_line, user_line


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


def as_lines(*resources: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in resources)


USERS = as_lines(user_line("ada"), user_line("bob"), group_line("crew", "ada", "bob"))
