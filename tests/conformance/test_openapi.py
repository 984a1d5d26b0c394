"""The server against its own description: schemathesis sends whatever that allows, and forbids."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.added_schemas import FILES
from tests.conftest import ENGINES
from tests.served import ServedProvisor
from tests.sizes import size

_SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"

_EXAMPLES = size(5, 100)
"""Random requests an operation."""

_EDGES = ENGINES[: size(0, len(ENGINES))]
"""The engines on which requests at the edges of every schema, some 4,000, come on top in full.

Most are answered before a database is asked.
"""

_LEFT_OUT = (
    # Tolerant apps accept what the schema does not say, as providers send it.
    "negative_data_rejection",
    # A schema cannot say what a filter is, which members exist, or that two parameters
    # exclude each other, so what it allows may be refused.
    "positive_data_acceptance",
)

_ME = "/scim/v2/Me"
"""All it ever answers is 501, which is a 5xx."""


@pytest.fixture
def served(tmp_path: Path, database_where: str | Path) -> Iterator[ServedProvisor]:
    """A Provisor with a resource type and extensions that an administrator added."""
    url = database_where if isinstance(database_where, str) else ""
    files = os.pathsep.join(map(str, FILES))
    provisor = ServedProvisor(tmp_path / "instance", url, PROVISOR_SCHEMAS=files).start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.mark.sized
def test_the_server_answers_as_it_is_described(
    served: ServedProvisor, engine: str, tmp_path: Path
) -> None:
    """Every other check: no 5xx; statuses, types, headers, bodies; methods; wanted tokens."""
    description = served.ask("GET", "/openapi.json").body
    for operation in operations(description):
        # or every body would be sent twice
        operation.get("requestBody", {}).get("content", {}).pop("application/json", None)

    phases = "examples,fuzzing,stateful" + (",coverage" if engine in _EDGES else "")
    done = schemathesis(served, description, tmp_path, "--exclude-path", _ME, "--phases", phases)

    assert done.returncode == 0, done.stdout
    selected = re.search(r"Selected: (\d+)/", done.stdout)
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert selected is not None
    assert tested is not None
    assert selected[1] == tested[1]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_wrong_description_is_found_out(served: ServedProvisor, tmp_path: Path) -> None:
    """The judge judges."""
    description = served.ask("GET", "/openapi.json").body
    described = description["paths"]["/healthz"]["get"]["responses"]["200"]["content"]
    described["application/json"]["schema"]["properties"]["status"] = {"type": "integer"}

    done = schemathesis(served, description, tmp_path, "--include-path", "/healthz")

    assert done.returncode == 1
    assert "Response violates schema" in done.stdout


def operations(description: Any) -> Iterator[dict[str, Any]]:
    for item in description["paths"].values():
        yield from (operation for operation in item.values() if isinstance(operation, dict))


def schemathesis(
    served: ServedProvisor, description: Any, folder: Path, *options: str
) -> "subprocess.CompletedProcess[str]":
    """Return what schemathesis says of a server that is described so."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(description))
    return subprocess.run(
        [
            *(_SCHEMATHESIS, "--no-color", "run", file, "--url", served.url),
            *("--header", f"Authorization: Bearer {served.new_token()}"),
            *("--checks", "all", "--exclude-checks", ",".join(_LEFT_OUT)),
            *("--max-examples", str(_EXAMPLES), "--generation-deterministic"),
            *options,
        ],
        cwd=folder,  # where it finds no configuration
        capture_output=True,
        text=True,
        check=False,
    )
