from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families as parsed
from prometheus_client.registry import Collector

from app import Assembly, Settings, assemble, create_app
from app.audit import CLI
from app.client_apps import ClientApp, NewApp
from app.metrics import GAUGES, metrics_blueprint
from app.metrics.gauges import OF_TOKENS
from app.tokens import NewToken, Use
from app.watch.notices import add, new_network
from scim.storage import Database, Unavailable
from tests.conftest import FakeClock

SECRET = "of the scraper"

Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def served(tmp_path: Path, database_where: str | Path, clock: FakeClock) -> Iterator[Assembly]:
    """An instance on each engine."""
    url = database_where if isinstance(database_where, str) else ""
    made = assemble(Settings(instance=tmp_path, database_url=url), clock)
    yield made
    made.close()


@pytest.fixture
def secured(tmp_path: Path, clock: FakeClock) -> Iterator[Assembly]:
    made = assemble(Settings(instance=tmp_path / "secured", metrics_token=SECRET), clock)
    yield made
    made.close()


def new_app(assembly: Assembly, name: str) -> ClientApp:
    app = assembly.client_apps.create(NewApp(assembly.tenants.default().id, name), CLI)
    assembly.client_apps.enable_scim(app.id, CLI)
    return app


def scraped(assembly: Assembly) -> Samples:
    answer = create_app(assembly).test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    families = list(parsed(answer.text))
    names = [gauge.name.removesuffix("_total") for gauge in GAUGES]
    assert names == [family.name for family in families]
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in families
        if family.name in {gauge.name for gauge in OF_TOKENS}
        for sample in family.samples
    }


def test_the_metrics_tell_of_each_token_by_ids(served: Assembly, clock: FakeClock) -> None:
    hr, payroll = new_app(served, "HR sync"), new_app(served, "Payroll")
    revoked = served.tokens.issue(hr.id, CLI).token
    served.tokens.revoke(hr.id, revoked.jti, CLI)
    unused = served.tokens.issue(hr.id, CLI).token
    used = served.tokens.issue(payroll.id, CLI, NewToken("night"))
    clock.advance(days=76)
    served.authenticator.authenticate(used.text, Use("192.0.2.7", "Okta"))
    served.steps.take_due()
    with served.database.write() as session:
        for network in ("192.0.2.0/24", "198.51.100.0/24"):
            add(session, new_network(used.token.jti, network), clock())

    found = scraped(served)

    of_hr, of_payroll = (hr.id, unused.jti), (payroll.id, used.token.jti)
    assert found == {
        ("provisor_tokens", ("active",)): 2,
        ("provisor_tokens", ("expired",)): 0,
        ("provisor_tokens", ("revoked",)): 1,
        ("provisor_tokens", ("superseded",)): 0,
        ("provisor_token_days_left", of_hr): 14,
        ("provisor_token_days_left", of_payroll): pytest.approx(90 + 1 / 24),
        ("provisor_token_last_used_timestamp_seconds", of_payroll): clock().timestamp(),
        ("provisor_token_warning", (hr.id, "idle-end", unused.jti)): 1,
        ("provisor_token_warning", (hr.id, "never-used", unused.jti)): 1,
        ("provisor_token_warning", (payroll.id, "new-network", used.token.jti)): 1,
        ("provisor_notices", ("idle-end",)): 1,
        ("provisor_notices", ("absolute-end",)): 0,
        ("provisor_notices", ("rotation-end",)): 0,
        ("provisor_notices", ("never-used",)): 1,
        ("provisor_notices", ("silent",)): 0,
        ("provisor_notices", ("new-network",)): 2,
    }


def test_deliveries_are_told_by_channel_and_state(
    served: Assembly, clock: FakeClock, open_delivery: Callable[[Database, str], None]
) -> None:
    app = new_app(served, "HR sync")
    served.tokens.issue(app.id, CLI)
    clock.advance(days=7)
    served.steps.take_due()
    open_delivery(served.database, "failed")

    found = scraped(served)

    assert found["provisor_deliveries", ("mail", "failed")] == 1
    assert found["provisor_deliveries", ("mail", "sent")] == 0


@pytest.fixture
def open_delivery() -> Callable[[Database, str], None]:
    def opened(database: Database, state: str) -> None:
        with database.write() as session:
            session.run(
                "INSERT INTO delivery SELECT id, 'mail', ?, 1, made_at, NULL, '' FROM notice",
                (state,),
            )

    return opened


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("127.9.9.9", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.0.2.1", 403),
        ("::ffff:192.0.2.1", 403),
        ("2001:db8::1", 403),
        ("", 403),
    ],
)
def test_without_a_secret_only_the_machine_itself_may_read(
    assembly: Assembly, address: str, status: int
) -> None:
    client = create_app(assembly).test_client()

    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})

    assert status == answer.status_code
    assert ("provisor_tokens" in answer.text) == (status == 200)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_what_a_proxy_of_the_machine_passes_on_is_not_the_machine_itself(
    assembly: Assembly, header: str
) -> None:
    client = create_app(assembly).test_client()

    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_with_a_secret_whoever_sends_it_may_read_from_anywhere(secured: Assembly) -> None:
    client = create_app(secured).test_client()

    def status(credentials: str | None) -> int:
        headers = {"X-Forwarded-For": "192.0.2.1"}
        if credentials is not None:
            headers["Authorization"] = credentials
        return client.get("/metrics", headers=headers).status_code

    assert 200 == status(f"Bearer {SECRET}") == status(f"bearer {SECRET}")
    for wrong in (None, "", "Bearer", "Bearer ", f"Bearer {SECRET} ", f"Basic {SECRET}", SECRET):
        assert status(wrong) == 401, wrong
    assert status("Bearer ö") == 401
    assert SECRET not in repr(secured.settings)


@pytest.mark.parametrize("secret", ["schlüssel", "\udcff"])
def test_a_secret_may_have_any_bytes(tmp_path: Path, secret: str) -> None:
    assembly = assemble(Settings(instance=tmp_path, metrics_token=secret))
    client = create_app(assembly).test_client()
    sent = secret.encode(errors="surrogateescape").decode("latin-1")

    for token, status in ((sent, 200), ("other", 401)):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert status == answer.status_code
    assembly.close()


class Away(Collector):
    """What collects from a database that is away."""

    def collect(self) -> Iterator[Metric]:
        raise Unavailable("nobody is there")


def test_metrics_are_unavailable_while_the_database_is() -> None:
    app = Flask("metrics")
    app.register_blueprint(metrics_blueprint("", Away()))

    answer = app.test_client().get("/metrics")

    assert (503, "The database is not available.\n") == (answer.status_code, answer.text)
