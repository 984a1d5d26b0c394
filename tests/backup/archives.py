"""Looking into backups, and changing them behind their back."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import Assembly, assemble
from scim import instant
from tests.served import ServedProvisor

New = Callable[..., ServedProvisor]


def refused(provisor: ServedProvisor, *arguments: str) -> str:
    done = provisor.tried(*arguments)
    assert 1 == done.exit_code
    assert done.stderr.startswith("Error: ")
    assert 1 == done.stderr.count("\n")
    return done.stderr


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def with_assembly(provisor: ServedProvisor, act: Callable[[Assembly], Any]) -> Any:
    assembly = assemble(provisor.settings)
    try:
        return act(assembly)
    finally:
        assembly.close()


def parts_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(file: Path, **changes: Any) -> bytes:
    """Return a backup whose manifest says something else."""
    parts = parts_of(file)
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | changes).encode()
    return archived(file, parts)


def archived(file: Path, parts: dict[str, bytes]) -> bytes:
    other = file.with_suffix(".other")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return other.read_bytes()


def log_a_request(assembly: Assembly) -> None:
    row = (instant.now(), "t", "a", "j", "GET", "/scim/v2/Users", "", "", "r", 200, 1, b"")
    assembly.log.queue.add(row)
    assert assembly.log.queue.flush()


def count_requests(assembly: Assembly) -> int:
    with assembly.log.store.reading() as session:
        row = session.one("SELECT COUNT(*) AS number FROM provisioning_log")
    return int(row["number"]) if row else 0


def spoilt(file: Path, spoil: Callable[..., object]) -> bytes:
    """Return a backup whose manifest and parts were changed, and whose seals fit all the same."""
    parts = parts_of(file)
    manifest = json.loads(parts.pop("manifest.json"))
    spoil(manifest, parts)
    for name, data in parts.items():
        seal = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest["parts"][name] = seal
    return archived(file, parts | {"manifest.json": json.dumps(manifest).encode()})


def table_of(manifest: dict[str, Any], name: str = "") -> dict[str, Any]:
    """Return what a manifest says of a table, or of the first one."""
    tables: list[dict[str, Any]] = manifest["databases"]["directory"]["tables"]
    return next(each for each in tables if each["name"] == (name or tables[0]["name"]))
