"""T9: a secret stands in the answer that made it, and nowhere else that anything was written."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from app import Assembly, Settings, assemble
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from tests.admins import PASSWORD, add_admin
from tests.app.console_browser import Browser
from tests.served import ServedProvisor

GRANT = b"grant_type=client_credentials"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SETTINGS = {
    "smtp_url": "smtps://watch:smtp-canary-7f3a@127.0.0.1:1",
    "mail_from": "provisor@example.com",
    "mail_to": "operator@example.com",
    "webhook_url": "http://127.0.0.1:1/hook",
    "webhook_secret": "whsec_" + "Y2FuYXJ5" * 4,
    "metrics_token": "metrics-canary-91c2",
}


@pytest.fixture
def served(tmp_path: Path, database_where: str | Path) -> Iterator[ServedProvisor]:
    url = database_where if isinstance(database_where, str) else ""
    variables = {f"PROVISOR_{name.upper()}": value for name, value in SETTINGS.items()}
    provisor = ServedProvisor(tmp_path / "instance", url, **variables).start()
    yield provisor
    assert provisor.stop() == 0, provisor.log()


@pytest.fixture
def assembly(
    served: ServedProvisor, tmp_path: Path, database_where: str | Path
) -> Iterator[Assembly]:
    """Another process of the instance, for the console and its pages."""
    url = database_where if isinstance(database_where, str) else ""
    made = assemble(
        Settings(
            instance=tmp_path / "instance",
            database_url=url,
            base_url=served.url,
            rate_limit=0,
            **SETTINGS,  # type: ignore[arg-type]  # each of them is a text
        )
    )
    yield made
    made.close()


def tokens_of_every_kind(
    served: ServedProvisor, browser: Browser, app: ClientApp
) -> dict[str, str]:
    """Return secrets of every kind, each made in its own way and used."""
    made = {"console": browser.issue(app, "one")}
    made["successor"] = served.called("token", "rotate", app.id)
    served.called("token", "revoke", app.id)
    made["command line"] = served.called("token", "issue", app.id)
    for token in made.values():
        served.ask("GET", "/scim/v2/Users", token)
    served.called("token", "revoke", app.id)
    made["client secret"] = secret = served.called("secret", "issue", app.id)
    credentials = b"&client_id=%s&client_secret=%s" % (app.id.encode(), secret.encode())
    made["long-lived"] = asked(served, GRANT + credentials)
    served.called("app", "set", app.id, "token-style=short-lived")
    made["short-lived"] = asked(served, GRANT + credentials)
    return made


def asked(served: ServedProvisor, form: bytes) -> str:
    answer = served.ask("POST", "/oauth2/token", body=form, headers=FORM)
    token: str = answer.body["access_token"]
    served.ask("POST", "/scim/v2/Users", token, {"userName": token[:8]})
    return token


def mislay(served: ServedProvisor, app: ClientApp, secret: str) -> None:
    """Send a secret where it does not belong, as people do."""
    in_url = quote(secret)
    served.ask("GET", f"/scim/v2/Users?access_token={in_url}")
    served.ask("GET", f"/scim/v2/Users/{in_url}", secret)
    served.ask("GET", f"/{in_url}")
    served.ask("GET", "/metrics", secret)
    form = b"token=%s&token_type_hint=refresh_token" % in_url.encode()
    for path in ("revoke", "introspect", "rotate", "token"):
        served.ask("POST", f"/oauth2/{path}", body=form, headers=FORM)
    served.tried("token", "revoke", app.id, "--jti", secret)


def pages_of(browser: Browser, app: ClientApp) -> Iterator[str]:
    """Return every page of the console, less the one-time windows."""
    for rule in browser.client.application.url_map.iter_rules():
        known = {"app_id": app.id}
        is_page = rule.endpoint.startswith("console.") and "GET" in (rule.methods or ())
        if is_page and rule.arguments <= known.keys():
            yield browser.open(rule.rule.replace("<app_id>", app.id)).text


def written(
    served: ServedProvisor, assembly: Assembly, instance: Path
) -> Iterator[tuple[str, bytes]]:
    """Return everything that is left: files but the one of key-encryption keys, log and rows."""
    yield "the log", served.log().encode()
    for file in instance.rglob("*"):
        if file.is_file() and file.name != "kek":
            yield str(file), file.read_bytes()
    backup = instance.parent / "instance.backup"
    served.called("backup", str(backup))
    with ZipFile(backup) as archive:
        for name in set(archive.namelist()) - {"keys/kek"}:
            yield f"{name} of the backup", archive.read(name)
    with assembly.database.read() as session:
        for table in tables_of(assembly):
            rows = session.tuples(f"SELECT * FROM {table}")  # noqa: S608 - names of our tables
            yield table, repr(rows).encode()


def tables_of(assembly: Assembly) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if assembly.settings.database_url:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with assembly.database.read() as session:
        return [row[0] for row in session.tuples(sql)]


def test_no_secret_is_left_in_anything_that_was_written(
    served: ServedProvisor,
    assembly: Assembly,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    figure: Callable[[str], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    owner = add_admin(assembly.database, assembly.clock, "ada", "owner")
    browser = Browser(assembly).sign_in(owner)
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, "HR sync"), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    cookie = browser.find_session_cookie()
    assert cookie is not None
    secrets = tokens_of_every_kind(served, browser, app)
    secrets |= {"session": cookie.value, "password": PASSWORD}
    secrets |= {"set-up link": served.setup_url().rpartition("/")[2]} if has_link(served) else {}
    for secret in secrets.values():
        mislay(served, app, secret)
    assembly.steps.take_due()
    served.called("tick")

    pages = list(pages_of(browser, app))
    places = [("a page", page.encode()) for page in pages]
    places += [
        ("Python's log", caplog.text.encode()),
        *written(served, assembly, tmp_path / "instance"),
    ]

    hits = [
        f"{name} in {place}"
        for name, secret in (secrets | own_settings()).items()
        for place, text in places
        if secret.encode() in text and (name, place) != ("set-up link", "the log")
    ]
    assert [] == hits
    assert 6 <= len(pages)
    figure(f"T9: {len(secrets)} secrets looked for in {len(places)} places: {len(hits)} hits")


def has_link(served: ServedProvisor) -> bool:
    return "/console/setup/" in served.log()


def own_settings() -> dict[str, str]:
    return {
        "the mail password": "smtp-canary-7f3a",
        "the webhook secret": SETTINGS["webhook_secret"],
        "the metrics token": SETTINGS["metrics_token"],
    }
