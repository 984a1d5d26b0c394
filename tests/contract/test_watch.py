"""The watch with several workers on one database, on every engine; what they send arrives."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.assembly import Assembly, assemble
from app.audit import CLI
from app.client_apps import NewApp
from app.settings import Settings
from app.tokens import NewToken, Use
from app.watch.channels import Channel, channels_of
from app.watch.messages import Message
from app.watch.notices import add, new_network
from app.watch.outbox import Outbox
from scim.storage import Database
from tests.conftest import FakeClock
from tests.hook_sink import HookSink
from tests.mail_sink import MailSink
from tests.races import together
from tests.sizes import size

WORKERS = 3
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Died(Exception):  # noqa: N818 - what happened to the worker
    """What ends a worker."""


class Dying:
    """A channel whose worker dies as soon as a message got out."""

    def __init__(self, channel: Channel) -> None:
        self.name = channel.name
        self._channel = channel

    def send(self, message: Message, now: datetime) -> None:
        self._channel.send(message, now)
        raise Died


@pytest.fixture
def mail() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.close()


@pytest.fixture
def hook() -> Iterator[HookSink]:
    sink = HookSink()
    yield sink
    sink.close()


@pytest.fixture
def workers(
    database_where: str | Path, tmp_path: Path, clock: FakeClock, mail: MailSink, hook: HookSink
) -> Iterator[list[Assembly]]:
    """Three workers of one instance, each with connections of its own."""
    url = database_where if isinstance(database_where, str) else ""
    settings = Settings(
        instance=tmp_path,
        database_url=url,
        smtp_url=f"smtp://127.0.0.1:{mail.port}",
        mail_from="provisor@example.com",
        mail_to="ada@example.com, bob@example.com",
        webhook_url=hook.url,
        webhook_secret=SECRET,
    )
    assemblies = [assemble(settings, clock) for _ in range(WORKERS)]
    yield assemblies
    for assembly in assemblies:
        assembly.close()


def issued(worker: Assembly, name: str) -> str:
    app = worker.client_apps.create(NewApp(worker.tenants.default().id, name), CLI)
    worker.client_apps.enable_scim(app.id, CLI)
    return worker.tokens.issue(app.id, CLI, NewToken("night")).text


def outbox_of(worker: Assembly) -> Outbox:
    return Outbox(worker.database, worker.clock, channels_of(worker.settings))


def count_of(database: Database, table: str, condition: str) -> int:
    with database.read() as session:
        row = session.one(f"SELECT COUNT(*) AS count FROM {table} WHERE {condition}")  # noqa: S608 - of the test
    assert row is not None
    return int(row["count"])


@pytest.mark.sized
def test_120_days_and_three_workers_send_one_mail_per_stage(
    workers: Sequence[Assembly],
    clock: FakeClock,
    mail: MailSink,
    hook: HookSink,
    figure: Callable[[str], None],
) -> None:
    """T13: one token nobody uses, one that is used once on day 25, one that goes silent."""
    issued(workers[0], "Unused")
    once, busy = issued(workers[0], "Once"), issued(workers[0], "Busy")
    looks = size(1, 8)

    with ThreadPoolExecutor(WORKERS) as pool:
        for day in range(120):
            if day == 25:
                workers[1].authenticator.authenticate(once, Use())
            if day <= 10:
                workers[2].authenticator.authenticate(busy, Use())
            for _ in range(looks):
                list(pool.map(lambda worker: worker.steps.take_due(), workers))
                clock.advance(hours=24 / looks)

    def day_of(hours: int) -> int:
        """The day of the first look after so many hours."""
        step = 24 // looks
        return -(-hours // step) * step // 24

    ends = {"Unused": 90 * 24, "Once": (25 + 90) * 24 + 1, "Busy": (10 + 90) * 24 + 1}
    expected = Counter(
        [(day_of(end - stage * 24), name) for name, end in ends.items() for stage in (30, 14, 7, 1)]
        + [(7, "Unused"), (7, "Once"), (day_of(13 * 24 + 1), "Busy")]
    )
    start = clock.moment - timedelta(days=120)
    sent = Counter(
        ((letter["Date"].datetime - start).days, str(letter["Subject"]).partition(":")[0])
        for letter in mail.letters
    )
    assert sent == expected
    assert 15 == len(set(mail.subjects)) == len({letter["Message-ID"] for letter in mail.letters})
    assert 15 == len(hook.calls) == len({headers["webhook-id"] for headers, _ in hook.calls})
    assert 15 == count_of(workers[0].database, "audit", "action = 'token.warn'")
    figure(f"T13: 120 days, {WORKERS} workers, {looks} looks a day: 15 stages, 15 mails")


def test_workers_that_look_and_send_at_the_same_moment_send_once(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    """Without the lease on steps, which only saves work."""
    for number in range(5):
        issued(workers[0], f"App {number}")
    clock.advance(days=76)

    def look_and_send(worker: Assembly) -> None:
        worker.watch.look()
        outbox_of(worker).deliver()

    together(*[partial(look_and_send, worker) for worker in (*workers, *workers)])
    outbox_of(workers[0]).deliver()

    assert 10 == len(mail.letters) == len(set(mail.subjects))
    assert 10 == count_of(workers[0].database, "audit", "action = 'token.warn'")


def test_a_mail_server_that_refuses_is_asked_again_later_and_takes_it_once(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink, hook: HookSink
) -> None:
    issued(workers[0], "HR sync")
    clock.advance(days=7)
    mail.refusing = 3
    seen = [(3, 0)]
    tries = []

    for minute in range(12):
        for worker in workers:
            worker.steps.take_due()
        if seen[-1] != (now := (mail.refusing, len(mail.letters))):
            seen.append(now)
            tries.append(minute)
        clock.advance(minutes=1)

    assert [0, 1, 3, 7] == tries
    assert [(3, 0), (2, 0), (1, 0), (0, 0), (0, 1)] == seen
    assert 1 == len(hook.calls)  # the other channel did not wait


def test_a_mail_that_nobody_takes_for_three_days_is_given_up(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    issued(workers[0], "HR sync")
    clock.advance(days=7)
    mail.refusing = refusals = 1000

    for _ in range(5 * 24 * 2):
        workers[0].steps.take_due()
        clock.advance(minutes=30)

    assert 10 < refusals - mail.refusing < 30
    mail.refusing = 0
    workers[0].steps.take_due()
    assert [] == mail.letters
    assert 1 == count_of(
        workers[0].database, "delivery", "state = 'failed' AND failure = 'SMTPSenderRefused 451'"
    )


def test_a_worker_that_dies_while_it_sends_leaves_the_message_to_another(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    """Its claim runs out; a message that had got out already is sent a second time, as itself."""
    issued(workers[0], "HR sync")
    clock.advance(days=7)
    workers[0].watch.look()
    (channel, _) = channels_of(workers[0].settings)
    with pytest.raises(Died):
        Outbox(workers[0].database, clock, [Dying(channel)]).deliver()

    outbox_of(workers[1]).deliver()
    assert 1 == len(mail.letters)
    clock.advance(minutes=6)
    outbox_of(workers[1]).deliver()
    outbox_of(workers[2]).deliver()

    assert 2 == len(mail.letters)
    assert mail.letters[0]["Message-ID"] == mail.letters[1]["Message-ID"]


def test_what_was_true_when_it_was_noticed_is_not_sent_when_it_is_not(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    token = issued(workers[0], "HR sync")
    clock.advance(days=7)
    workers[0].watch.look()

    workers[1].authenticator.authenticate(token, Use())
    outbox_of(workers[2]).deliver()

    assert [] == mail.letters
    assert 2 == count_of(workers[0].database, "delivery", "state = 'obsolete'")


def test_a_warning_from_another_transaction_goes_out_as_well(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    """As the authenticator gives it that sees a new network."""
    issued(workers[0], "HR sync")
    (app,) = workers[0].client_apps.all()
    (token,) = workers[0].tokens.list(app.id)
    with workers[0].database.write() as session:
        assert add(session, new_network(token.jti, "192.0.2.0/24"), clock())
        assert not add(session, new_network(token.jti, "192.0.2.0/24"), clock())

    workers[1].steps.take_due()

    assert [
        f"HR sync: the token …{token.hint} was used from a new network, 192.0.2.0/24"
    ] == mail.subjects
    (warned,) = workers[2].watch.of_app(app.id)[token.jti]
    assert "192.0.2.0/24" == warned.about
    clock.advance(days=7)
    assert all(each.kind != warned.kind for each in workers[2].watch.of_apps()[app.id])


def test_no_old_news_is_sent_where_a_channel_is_set_up_later(
    workers: Sequence[Assembly], clock: FakeClock, mail: MailSink
) -> None:
    issued(workers[0], "HR sync")
    clock.advance(days=7)
    workers[0].watch.look()
    clock.advance(days=4)

    outbox_of(workers[0]).deliver()

    assert [] == mail.letters
