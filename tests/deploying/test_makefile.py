"""``make setup`` and ``make install``, with stand-ins for Python and pip that only tell."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

_PYTHON = """#!/bin/sh
# As on Debian: before python3-venv is installed, it leaves an environment without pip and fails.
mkdir -p .venv/bin
printf '#!/bin/sh\\n[ -e .venv/pip ] && echo "$@" >> told\\n' > .venv/bin/python
chmod +x .venv/bin/python
[ -e {installed} ] && touch .venv/pip
"""


class Checkout:
    """A copy of what ``make`` reads, in which it calls a Python of ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._installed = folder / "python3-venv"
        (folder / "deploy").mkdir()
        self.instance = folder / "instance"
        self.instance.mkdir(0o755)
        for name in ("Makefile", "pyproject.toml", "requirements.lock", "deploy/requirements.lock"):
            shutil.copy(ROOT / name, folder / name)
        (folder / "python3").write_text(_PYTHON.format(installed=self._installed))
        (folder / "python3").chmod(0o755)

    def make(self, target: str) -> int:
        """Return how ``make`` ends."""
        done = subprocess.run(
            ["make", target],
            cwd=self._folder,
            env={"PATH": f"{self._folder}:/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )
        return done.returncode

    def install_venv(self) -> None:
        """Do what Debian says where ``python3 -m venv`` fails."""
        self._installed.touch()

    def told(self) -> str:
        """Return what Python was asked to do."""
        return (self._folder / "told").read_text()


@pytest.mark.parametrize("target", ["setup", "install"])
def test_it_works_once_what_was_missing_is_installed(target: str, tmp_path: Path) -> None:
    """``python3 -m venv`` leaves an environment without pip where it fails."""
    checkout = Checkout(tmp_path)

    assert checkout.make(target) != 0
    checkout.install_venv()
    assert checkout.make(target) == 0


@pytest.mark.parametrize("is_there", [True, False])
def test_setting_up_keeps_others_out_of_the_instance(is_there: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    """Git makes its folder for everybody to look into; who began anew may have removed it."""
    checkout = Checkout(tmp_path)
    checkout.install_venv()
    if not is_there:
        checkout.instance.rmdir()

    assert checkout.make("setup") == 0

    assert 0o700 == checkout.instance.stat().st_mode & 0o777


def test_production_gets_only_what_serves(tmp_path: Path) -> None:
    """And setuptools, which puts the program itself there, by its hashes as everything."""
    checkout = Checkout(tmp_path)
    checkout.install_venv()

    assert checkout.make("install") == 0

    assert "--requirement deploy/requirements.lock" in checkout.told()
    assert "--requirement requirements.lock" not in checkout.told()
    pinned = (tmp_path / ".venv/setuptools.lock").read_text().splitlines()
    assert pinned[0].startswith("setuptools==")
    assert all(line.strip().startswith("--hash=") for line in pinned[1:])
    assert len(pinned) > 1
