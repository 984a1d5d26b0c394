"""Mail and webhooks on the wire, judged by what the documentation tells a receiver to do."""

import base64
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings, SettingsError
from app.watch.channels import channels_of
from app.watch.failure import DeliveryFailed
from app.watch.messages import Message, details, headline
from app.watch.notices import Kind, Notice, Warned, new_network
from scim.instant import to_text
from tests.hook_sink import HookSink
from tests.mail_sink import MailSink
from tests.scaling.certificate import make_certificate
from tests.served import free_port

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "p@ss:w/rd"
QUOTED = "p%40ss%3Aw%2Frd"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
HOWTO = Path(__file__).parent.parent.parent / "docs/howto/watch-tokens.md"


def message(app_name: str = "Größe & Söhne") -> Message:
    notice = Notice("notice_1", Warned("jti", Kind.NEVER_USED, to_text(NOW)), to_text(NOW))
    return Message(notice, "app_1", app_name, "night", "x7Qk", "was never used", "Use it.")


def mailing(port: int, scheme: str = "smtp", user: str = "") -> Settings:
    return Settings(
        smtp_url=f"{scheme}://{user}127.0.0.1:{port}",
        mail_from="provisor@example.com",
        mail_to="ada@example.com,bob@example.com",
    )


def posting(url: str, secret: str = SECRET) -> Settings:
    return Settings(webhook_url=url, webhook_secret=secret)


def send(settings: Settings, text: Message | None = None) -> None:
    (channel,) = channels_of(settings)
    channel.send(text or message(), NOW)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate with its key in one file, which this process trusts."""
    both, key = tmp_path / "both.pem", tmp_path / "key.pem"
    make_certificate(both, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    (tmp_path / "trusted.pem").write_bytes(both.read_bytes())
    both.write_bytes(both.read_bytes() + key.read_bytes())
    return both


@pytest.fixture
def open_mail() -> Iterator[Callable[..., MailSink]]:
    sinks = []

    def opened(*given: Any, **named: Any) -> MailSink:
        sinks.append(MailSink(*given, **named))
        return sinks[-1]

    yield opened
    for sink in sinks:
        sink.close()


@pytest.fixture
def hook() -> Iterator[HookSink]:
    sink = HookSink()
    yield sink
    sink.close()


def test_a_mail_says_which_token_what_happens_and_what_to_do(
    open_mail: Callable[..., MailSink],
) -> None:
    sink = open_mail()

    send(mailing(sink.port))

    (letter,) = sink.letters
    assert letter["Subject"] == "Größe & Söhne: the token …x7Qk was never used"
    assert letter["To"] == "ada@example.com, bob@example.com"
    assert letter["Message-ID"] == "<notice_1@example.com>"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    assert "The token …x7Qk (night) of the app Größe & Söhne was never used." in text
    assert "http://127.0.0.1:5000/console/apps/app_1" in text


def test_a_name_with_a_line_separator_is_no_reason_to_keep_silent(
    open_mail: Callable[..., MailSink],
) -> None:
    sink = open_mail()

    send(mailing(sink.port), message("Night\u2028Shift"))

    assert ["Night Shift: the token …x7Qk was never used"] == [
        letter["Subject"] for letter in sink.letters
    ]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_password_goes_through_tls(
    scheme: str, certificate: Path, open_mail: Callable[..., MailSink]
) -> None:
    sink = open_mail(certificate, is_tls_from_the_start=scheme == "smtps")

    send(mailing(sink.port, scheme, f"ada:{QUOTED}@"))

    assert sink.credentials == [f"\0ada\0{PASSWORD}".encode()]
    assert 1 == len(sink.letters)


def test_no_password_goes_without_tls(open_mail: Callable[..., MailSink]) -> None:
    sink = open_mail()

    with pytest.raises(DeliveryFailed, match="TLS"):
        send(mailing(sink.port, "smtp", f"ada:{QUOTED}@"))

    assert ([], []) == (sink.credentials, sink.letters)


def test_a_server_whose_certificate_nobody_knows_gets_nothing(
    certificate: Path, open_mail: Callable[..., MailSink], monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = open_mail(certificate)
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(DeliveryFailed):
        send(mailing(sink.port, "smtp", f"ada:{QUOTED}@"))

    assert ([], []) == (sink.credentials, sink.letters)


@pytest.mark.parametrize(
    "settings",
    [
        mailing(free_port(), "smtp", f"ada:{QUOTED}@"),
        mailing(free_port(), "smtps", f"ada:{QUOTED}@"),
        posting(f"http://127.0.0.1:{free_port()}/"),
        posting(f"http://{'a' * 70}.example/"),
    ],
)
def test_a_receiver_out_of_reach_is_a_failure_that_tells_no_secret(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (channel,) = channels_of(settings)

    with pytest.raises(DeliveryFailed) as failed:
        channel.send(message(), NOW)

    said = f"{failed.value} {caplog.text} {channel!r} {settings!r}"
    for secret in (PASSWORD, QUOTED, SECRET, SECRET.removeprefix("whsec_")):
        assert secret not in said


def test_a_webhook_is_signed_as_standard_webhooks_says(hook: HookSink) -> None:
    """With its words, not with our code."""
    send(posting(hook.url))

    ((headers, body),) = hook.calls
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    digest = hmac.digest(bytes(range(32)), signed.encode(), hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert headers["webhook-id"] == "notice_1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["data"]["app_name"] == "Größe & Söhne"


def test_the_example_of_standard_webhooks_has_our_signature() -> None:
    """The values are those of its reference libraries' tests."""
    from app.watch.webhook import sign  # noqa: PLC0415 - the one test of it alone

    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


def test_the_documented_check_takes_what_is_genuine_and_nothing_else(hook: HookSink) -> None:
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", HOWTO.read_text(), re.DOTALL)[0], names)  # noqa: S102 - ours
    is_genuine = names["is_from_provisor"]
    (channel,) = channels_of(posting(hook.url))
    channel.send(message(), datetime.fromtimestamp(time.time(), UTC))
    channel.send(message(), datetime.fromtimestamp(time.time() - 3600, UTC))
    (headers, body), (old_headers, old_body) = hook.calls

    assert is_genuine(SECRET, headers, body)
    assert not is_genuine(SECRET, headers, body + b" ")
    assert not is_genuine(SECRET, headers | {"webhook-id": "notice_2"}, body)
    assert not is_genuine("whsec_" + base64.b64encode(bytes(32)).decode(), headers, body)
    assert not is_genuine(SECRET, old_headers, old_body)


@pytest.mark.parametrize("status", [302, 307, 400, 410, 500])
def test_only_2xx_means_taken_and_no_redirect_is_followed(hook: HookSink, status: int) -> None:
    hook.statuses = [status]

    with pytest.raises(DeliveryFailed, match=f"answered {status}"):
        send(posting(hook.url))

    assert 1 == len(hook.calls)


@pytest.mark.parametrize("kind", [*Kind])
def test_every_warning_says_what_when_and_what_to_do(kind: Kind) -> None:
    moment = to_text(datetime(2026, 11, 30, 12, 0, tzinfo=UTC))
    warned = Warned("jti", kind, moment)
    if kind is Kind.NEW_NETWORK:
        warned = new_network("jti", "192.0.2.0/24")

    said = headline(warned, NOW)

    assert 10 < len(said) < 70
    assert details(warned).count(". ") >= 1
    assert "192.0.2.0/24" in said or "30 Nov 2026" in details(warned)


def test_an_end_that_has_come_is_told_as_such() -> None:
    assert headline(Warned("jti", Kind.IDLE_END, to_text(NOW)), NOW) == "has ended"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"smtp_url": "mail.example.com"}, "PROVISOR_SMTP_URL"),
        ({"smtp_url": f"http://ada:{QUOTED}@mail.example.com"}, "PROVISOR_SMTP_URL"),
        ({"smtp_url": f"smtp://ada:{QUOTED}@mail.example.com:port"}, "PROVISOR_SMTP_URL"),
        ({"smtp_url": "smtp://mail"}, "PROVISOR_MAIL_FROM"),
        ({"smtp_url": "smtp://mail", "mail_from": "a@example.com"}, "PROVISOR_MAIL_TO"),
        (
            {"smtp_url": "smtp://mail", "mail_from": "a@b", "mail_to": "a@b\r\nBcc: c@d"},
            "PROVISOR_MAIL_TO",
        ),
        ({"webhook_url": "ftp://127.0.0.1/", "webhook_secret": SECRET}, "PROVISOR_WEBHOOK_URL"),
        ({"webhook_url": "https://a:b@example.com", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://example.com/a b", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://example.com:port", "webhook_secret": SECRET}, "WEBHOOK_URL"),
        ({"webhook_url": "https://example.com"}, "PROVISOR_WEBHOOK_SECRET"),
        ({"webhook_url": "https://example.com", "webhook_secret": "whsec_c2hvcnQ="}, "SECRET"),
        ({"webhook_url": "https://example.com", "webhook_secret": "whsec_ö"}, "SECRET"),
        ({"webhook_url": "https://example.com", "webhook_secret": SECRET[6:]}, "SECRET"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(
    given: dict[str, str], hint: str
) -> None:
    with pytest.raises(SettingsError, match=hint) as refused:
        channels_of(Settings(**given))  # type: ignore[arg-type]  # they are texts

    assert QUOTED not in str(refused.value)
    assert SECRET[6:] not in str(refused.value)


def test_nothing_is_sent_where_nothing_is_set() -> None:
    assert () == channels_of(Settings())
