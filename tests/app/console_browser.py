"""A browser without a window: it keeps cookies and sends forms with the token of their page."""

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app import Assembly, Settings, assemble, create_app
from app.admins import Admin, Role
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from tests.admins import add_admin
from tests.conftest import FakeClock

if TYPE_CHECKING:
    from werkzeug.test import Cookie, TestResponse

SAFE = {"GET", "HEAD", "OPTIONS"}

_OF_NO_ACCOUNT = {
    "periodic_step": "says when a worker did what is done again and again, whoever asks for what",
    "schema_migration": "is written when an instance is opened",
    "sqlite_sequence": "is SQLite's own",
}
"""Tables that tell of no effect, and why not."""

OUR_SCRIPT = '<script src="/console/static/console.js" defer></script>'
"""The one script that every page has."""

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """Somebody at a browser, on one page after the other."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.client = create_app(assembly).test_client()
        self.base_url = assembly.settings.public_url
        self.page: TestResponse
        self.csrf_token = ""

    @property
    def text(self) -> str:
        """What the page says, with its tags."""
        return self.page.text

    @property
    def path(self) -> str:
        """Where the browser is."""
        return self.page.request.path

    def open(self, path: str) -> "Browser":
        """Go to a page, and on to where it leads."""
        return self._arrive(self.client.get(path, base_url=self.base_url, follow_redirects=True))

    def send(self, path: str, **fields: str) -> "Browser":
        """Send a form with the CSRF token at hand, and go on to where that leads."""
        fields["csrf_token"] = self.csrf_token
        return self._arrive(
            self.client.post(path, base_url=self.base_url, data=fields, follow_redirects=True)
        )

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> int:
        """Send one request, with the CSRF token where it is a change, and return the status."""
        fields = {} if method in SAFE else {"csrf_token": self.csrf_token}
        self.page = self.client.open(
            path,
            method=method,
            base_url=self.base_url,
            data=fields,
            headers=headers,
            buffered=True,  # so that a file it serves is closed
        )
        return self.page.status_code

    def _arrive(self, page: "TestResponse") -> "Browser":
        self.page = page
        found = _CSRF.search(page.text)
        if found:
            self.csrf_token = html.unescape(found[1])
        return self

    def sign_in(self, admin: Admin) -> "Browser":
        """Hold a session of an admin, without the slow check of a password."""
        secret = self.assembly.sessions.start(admin.id)
        self.client.set_cookie("provisor_session", secret, domain=self._host)
        return self.open("/console/apps")

    def issue(self, app: ClientApp, label: str = "") -> str:
        """Issue an app's token and return it as the one-time window shows it."""
        self.open(f"/console/apps/{app.id}").send(f"/console/apps/{app.id}/tokens", label=label)
        return self.issued()

    def issued(self) -> str:
        """Return the token that the one-time window at hand shows."""
        return self.text.partition("Bearer ")[2].partition('"')[0]

    def find_session_cookie(self, name: str = "provisor_session") -> "Cookie | None":
        """Return the cookie of the sign-in session, if the browser holds one."""
        return self.client.get_cookie(name, self._host)

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


def new_assembly(folder: Path, clock: FakeClock, url: str = "") -> Assembly:
    """Return the parts of an instance that keeps everything in a folder."""
    return assemble(Settings(instance=folder, base_url=url, rate_limit=0), clock)


def new_admin(assembly: Assembly, name: str, role: Role) -> Admin:
    """Make an admin."""
    return add_admin(assembly.database, assembly.clock, name, role)


def new_app(assembly: Assembly, name: str = "HR sync", maintainer: str | None = None) -> ClientApp:
    """Make an app whose SCIM is on."""
    tenant = assembly.tenants.default()
    app = assembly.client_apps.create(NewApp(tenant.id, name, maintainer=maintainer), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    return app


def everything_stored(assembly: Assembly) -> dict[str, list[list[object]]]:
    """Return every row of every table that tells of an effect, by the schema of the database."""
    with assembly.database.read() as session:
        named = session.all("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {row["name"] for row in named} - _OF_NO_ACCOUNT.keys()
        return {
            table: [list(row) for row in session.all(f"SELECT * FROM {table}")]  # type: ignore[call-overload] # noqa: S608 - SQLite's rows iterate
            for table in tables
        }
