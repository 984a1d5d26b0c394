"""Every statement that changes what resources are looked up by, written once for both engines."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from scim.storage.database import Session

LookedUp = frozenset[tuple[str, str]]
"""The paths and values that a resource is looked up by."""

_BATCH = 200
"""Values to a statement: how many there are is up to a client, how many it binds is not."""

_PATHS = (
    "FROM (VALUES {values}) AS v CROSS JOIN lookup_path AS p"
    " WHERE p.tenant_id = ? AND p.type = ? AND p.path = v.column1"
)


class Lookups:
    """What one tenant's resources are looked up by, as one transaction changes it."""

    def __init__(self, session: Session, tenant_id: str) -> None:
        self._session = session
        self._tenant_id = tenant_id

    def change(self, type_: str, seq: int, before: LookedUp, after: LookedUp) -> None:
        """Look a resource up by other values than before."""
        self._remove(type_, seq, before - after)
        self._add(type_, seq, after - before)

    def _add(self, type_: str, seq: int, values: LookedUp) -> None:
        for batch in _batches(values):
            if self._insert(type_, seq, batch) < len(batch):
                self._make_paths(type_, {path for path, _ in batch})
                self._insert(type_, seq, batch)

    def _insert(self, type_: str, seq: int, values: Sequence[tuple[str, str]]) -> int:
        return self._session.run(
            f"INSERT INTO lookup (path_id, value, seq) SELECT p.id, v.column2, ? {_among(values)}"
            " ON CONFLICT (path_id, value, seq) DO NOTHING",
            (seq, *_flat(values), self._tenant_id, type_),
        )

    def _make_paths(self, type_: str, paths: Iterable[str]) -> None:
        for path in sorted(paths):  # always in one order: who makes the same ones waits for us
            self._session.run(
                "INSERT INTO lookup_path (tenant_id, type, path) VALUES (?, ?, ?)"
                " ON CONFLICT (tenant_id, type, path) DO NOTHING",
                (self._tenant_id, type_, path),
            )

    def _remove(self, type_: str, seq: int, values: LookedUp) -> None:
        for batch in _batches(values):
            self._session.run(
                "DELETE FROM lookup WHERE seq = ?"
                f" AND (path_id, value) IN (SELECT p.id, v.column2 {_among(batch)})",
                (seq, *_flat(batch), self._tenant_id, type_),
            )


def _among(values: Collection[tuple[str, str]]) -> str:
    return _PATHS.format(values=", ".join("(?, ?)" for _ in values))


def _flat(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    for path, value in values:
        yield path
        yield value


def _batches(values: LookedUp) -> Iterator[Sequence[tuple[str, str]]]:
    ordered = tuple(values)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
