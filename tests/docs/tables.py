"""Writes the reference of the tables, ``docs/reference/tables.md``, to standard output."""

import sys
import tempfile
from pathlib import Path

from app.log.migrations import MIGRATIONS as LOG
from app.migrations import MIGRATIONS
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import open_database
from tests.docs.catalog import Column, tables_of

ALL = (*DIRECTORY, *MIGRATIONS, *LOG)

MEANINGS = {
    "admin": "Who may sign in to the console.",
    "admin_link": "One-time links: invitations and resets, by the SHA-256 of their secret.",
    "app_member": "Which admins may look after an app.",
    "audit": "The audit log; it only grows.",
    "audit_check": "What came of the last look through the audit log; one row.",
    "audit_seal": "Seals over the lines of the audit log; it only grows.",
    "client_app": "The provisioning apps, with what each chose.",
    "client_assertion": "Signed assertions that were used, until they end: none is good twice.",
    "client_jwks": "The public keys of an app.",
    "client_secret": "Client secrets, by their SHA-256.",
    "console_session": "Who is signed in, by the SHA-256 of the cookie.",
    "delivery": "Messages on their way through a channel.",
    "half_sign_in": "Sign-ins whose second factor is awaited.",
    "known_device": "Browsers in which an admin has signed in, whose attempts are counted apart.",
    "known_network": "Networks that an app's tokens were used from.",
    "lookup": "The values that resources are looked up by, folded; made from `resource`.",
    "lookup_path": "The attributes that rows of `lookup` name by a number.",
    "member": "Members of groups.",
    "notice": "Warnings that were given, each once.",
    "periodic_step": "When each periodic step is due, and who is at it.",
    "provisioning_hour": "How many requests of an hour ended how, for a page about all apps.",
    "provisioning_count": "How many requests of an app had which result, by the minute.",
    "provisioning_log": (
        "What requests did, written in batches and removed after `PROVISOR_LOG_DAYS`."
        " On SQLite it stands with `provisioning_count` in a file of its own, `log.db`."
    ),
    "public_url": "Every URL that the instance was reached at: a token names the one of its day.",
    "recovery_code": "Recovery codes of second factors, by their SHA-256.",
    "root_secret": "What cookies, forms and cursors are sealed with, encrypted; one row.",
    "resource": (
        "Users, groups and other resources: `doc` as clients see them, without `id`, `meta`,"
        " members and groups; `folded` as filters compare them."
    ),
    "resource_count": "How many resources there are, by blocks; made from `resource`.",
    "schema_migration": "Which migrations were applied.",
    "second_factor": "Second factors, encrypted.",
    "service_account": "What an app acts as; one each.",
    "setup_link": "The link that makes the first owner, by its SHA-256.",
    "sign_in_attempts": "Attempts in a row that failed.",
    "sign_in_minute": "Attempts of this minute, by address.",
    "signing_key": "The keys that sign tokens; private ones are encrypted.",
    "tenant": "The directories.",
    "token": "Tokens, by their SHA-256.",
    "token_activity": "The days on which a token was used, 14 at most.",
    "unique_value": "The unique values of added types and extensions; made from `resource`.",
}  # fmt: skip

_HEAD = """# Tables

The tables of the database, as the migrations make them.
`python -m tests.docs.tables > docs/reference/tables.md` writes this page.

They are for looking at.
What stands in them may change with any release.
Who writes to them by hand goes around the audit log, and around what is kept beside a row.

A column that is *required* has a value in every row; one that is *key* is of the primary key.
Types are SQLite's; on PostgreSQL moments are text too, and `folded` is `jsonb`.
"""


def write_page(tables: dict[str, list[Column]]) -> str:
    """Return the page."""
    return _HEAD + "".join(_section(name, tables[name]) for name in sorted(tables))


def _section(name: str, columns: list[Column]) -> str:
    rows = "".join(f"| {' | '.join(_cells(each))} |\n".replace("|  |", "| |") for each in columns)
    head = "| column | type | | refers to |\n|---|---|---|---|\n"
    return f"\n## {name}\n\n{MEANINGS[name]}\n\n{head}{rows}".replace("|  |", "| |")


def is_what(column: Column) -> str:
    """Return whether a column is of the key, or has a value in every row."""
    return "key" if column.is_key else "required" if column.is_required else ""


def _cells(column: Column) -> tuple[str, ...]:
    refers_to = f"`{column.refers_to}`" if column.refers_to else ""
    return f"`{column.name}`", column.type, is_what(column), refers_to


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "provisor.db")
        database.migrate(ALL)
        sys.stdout.write(write_page(tables_of(database)))
        database.close()
