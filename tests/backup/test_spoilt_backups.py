"""What a restore refuses, changing nothing."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.backup.archives import (
    New,
    archived,
    files_of,
    parts_of,
    refused,
    rewritten,
    spoilt,
    table_of,
)
from tests.served import ServedProvisor
from tests.sizes import size


def test_what_is_no_backup_or_one_no_longer_changes_nothing(
    new_sqlite: New, file: Path, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    instance, target = new_sqlite("first"), new_sqlite("target")
    instance.called("migrate")
    instance.said("backup", str(file))
    good = file.read_bytes()
    generator = random.Random(6)  # noqa: S311 - no secret
    spoilt: list[bytes] = [
        b"",
        b"a text",
        archived(file, {"a": b"b"}),
        good[:-1],
        good + b"x" * 70000,
    ]
    spoilt += [archived(file, {"manifest.json": text}) for text in (b"[]", b"{", b"[" * 100_000)]
    spoilt += [archived(file, parts_of(file) | {"extra": b""})]
    spoilt += [archived(file, parts_of(file) | {"provisor.db": b"SQLite format 3"})]
    spoilt += [good[: generator.randrange(len(good))] for _ in range(size(20, 500))]
    for _ in range(size(40, 2000)):
        at = generator.randrange(len(good))
        spoilt.append(
            good[:at] + bytes([good[at] ^ (1 << generator.randrange(8))]) + good[at + 1 :]
        )

    taken = 0
    for data in spoilt:
        file.write_bytes(data)
        done = target.tried("restore", str(file))
        if done.exit_code == 0:  # a bit that says nothing, such as the hour of a part
            taken += 1
            assert {} != files_of(tmp_path / "target")
            shutil.rmtree(tmp_path / "target")
        else:
            assert (1, 1) == (done.exit_code, done.stderr.count("\n")), done.stderr
            assert not (tmp_path / "target").exists()
    assert taken <= len(spoilt) // 5
    figure(f"{len(spoilt)} spoilt backups: {taken} restored, whose spoilt bit means nothing")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"provisor_backup": 2}, "later version"),
        ({"engine": "PostgreSQL"}, "provisor export"),
        ({"databases": {}}, "damaged"),
        ({"parts": 7}, "damaged"),
        (
            {"databases": {"directory": {"migrations": ["app/9999_future"], "tables": []}}},
            "later version",
        ),
        ({"databases": {"directory": {"migrations": [], "tables": []}}}, "damaged"),
    ],
)
def test_a_backup_that_does_not_fit_is_named(
    new_sqlite: New, file: Path, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    instance, target = new_sqlite("first"), new_sqlite("target")
    instance.called("migrate")
    instance.said("backup", str(file))
    file.write_bytes(rewritten(file, **changes))

    assert told in refused(target, "restore", str(file))
    assert {} == files_of(tmp_path / "target")


_ODD: tuple[tuple[Callable[..., object], str], ...] = (
    (lambda told, parts: (told["parts"].pop("provisor.db"), parts.pop("provisor.db")), "lacks"),
    (lambda told, _: told["databases"]["directory"].pop("tables"), "lacks"),
    (lambda told, _: table_of(told).update(columns=[[]]), "lacks"),
    (lambda told, _: table_of(told).update(columns="abc"), "lacks"),
    (lambda told, _: table_of(told).update(rows=float("inf")), "damaged"),
    (lambda told, _: table_of(told).update(counted_to="many"), "lacks"),
    (lambda told, _: table_of(told).update(name="\ud800"), "lacks"),
    (lambda told, _: told.update(version="\udfff"), "lacks"),
    (lambda told, _: told["parts"].update(extra=7), "lacks"),
    (lambda _, parts: parts.update({"keys/kek": b"A" * 2_000_000}), "too many"),
    (lambda _, parts: parts.update({"keys/kek": b"\xff\x00"}), "base64"),
    (lambda _, parts: parts.update({"keys/kek": b""}), "no key"),
    (lambda _, parts: parts.update({"provisor.db": b"no database " * 1000}), "damaged"),
)
"""What is done to the manifest and the parts of a backup, and what is told then."""


def test_an_odd_backup_is_refused_by_a_sentence(
    new_sqlite: New, file: Path, tmp_path: Path
) -> None:
    instance, target = new_sqlite("first"), new_sqlite("target")
    instance.called("migrate")
    instance.said("backup", str(file))
    good = file.read_bytes()

    for spoil, told in _ODD:
        file.write_bytes(good)
        file.write_bytes(spoilt(file, spoil))
        assert told in refused(target, "restore", str(file))
        assert {} == files_of(tmp_path / "target")


def test_an_instance_stays_where_the_rows_of_a_backup_are_not_those_it_names(
    instance: ServedProvisor, new_instance: New, file: Path
) -> None:
    instance.said("backup", str(file))
    databases = json.loads(parts_of(file)["manifest.json"])["databases"]
    databases["directory"]["tables"][0]["rows"] += 1
    file.write_bytes(rewritten(file, databases=databases))
    second = new_instance("second")
    second.called("app", "create", "of the second")

    told = refused(second, "restore", str(file), "--force")

    assert "has other rows than it says" in told
    assert "of the second" in second.called("app", "list")


def test_a_file_that_is_no_database_is_replaced_by_force(new_sqlite: New, file: Path) -> None:
    source, target = new_sqlite("source"), new_sqlite("target")
    app = source.called("app", "create", "HR")
    source.said("backup", str(file))
    target.settings.instance.mkdir()
    (target.settings.instance / "provisor.db").write_text("no database " * 1000)
    (target.settings.instance / "provisor.db-wal").write_text("of another file")

    target.said("restore", str(file), "--force")

    assert app in target.called("app", "list")


def test_there_is_something_to_back_up(new_instance: New, new_sqlite: New, file: Path) -> None:
    assert "no " in refused(new_instance("empty"), "backup", str(file))
    damaged = new_sqlite("damaged")
    damaged.called("migrate")
    place = damaged.settings.instance / "provisor.db"
    data = bytearray(place.read_bytes())
    data[20_000:90_000] = bytes(70_000)
    place.write_bytes(data)

    refused(damaged, "backup", str(file))

    assert not file.exists()
