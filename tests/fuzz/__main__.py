"""``python -m tests.fuzz TARGET CORPUS… [-runs=N -seed=N …]``: libFuzzer on one target."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["scim", "scim2_models"]):
    from tests.fuzz.bench import Bench
    from tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> None:
    """Feed a target until libFuzzer's options say enough, which ends the process."""
    program, target, *options = arguments
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        atheris.Setup([program, *options], lambda data: TARGETS[target](bench, data))
        atheris.Fuzz()


main(sys.argv)
