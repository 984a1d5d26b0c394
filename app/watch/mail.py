"""Notices by e-mail, over SMTP (RFC 5321)."""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from app.settings import Settings, SettingsError
from app.watch.failure import DeliveryFailed, network_failure
from app.watch.messages import Message

_TIMEOUT = 10.0
"""Seconds that the mail server may take for each of its answers."""

_PORTS = {"smtp": 587, "smtps": 465}
"""Submission with STARTTLS, and with TLS from the start (RFC 8314 §3)."""

_ADDRESS = re.compile(r"[!-~]+@[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in."""

    scheme: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)


class Mail:
    """Sends messages to whoever looks after the instance.

    :param console_url: where the console is
    """

    name = "mail"

    def __init__(
        self, server: MailServer, sender: str, recipients: tuple[str, ...], console_url: str
    ) -> None:
        self._server = server
        self._sender = sender
        self._recipients = recipients
        self._console_url = console_url

    def send(self, message: Message, now: datetime) -> None:
        """Hand a message in.

        :raises DeliveryFailed: the server did not take it
        """
        letter = self._letter(message, now)
        try:
            with _connected(self._server) as smtp:
                smtp.send_message(letter)
        except smtplib.SMTPResponseException as error:  # its text may repeat what was sent
            raise DeliveryFailed(f"{type(error).__name__} {error.smtp_code}") from error
        except smtplib.SMTPException as error:
            raise DeliveryFailed(type(error).__name__) from error
        except (OSError, ValueError) as error:
            raise network_failure(error) from error

    def _letter(self, message: Message, now: datetime) -> EmailMessage:
        letter = EmailMessage(SMTP)
        subject = f"{message.app_name}: the token …{message.hint} {message.headline}"
        letter["Subject"] = " ".join(subject.split())  # names of old may hold a line separator
        letter["From"] = self._sender
        letter["To"] = ", ".join(self._recipients)
        letter["Date"] = format_datetime(now)
        # the same for every try, so that a mail that was sent twice can be told from two
        domain = self._sender.rpartition("@")[2]
        letter["Message-ID"] = f"<{message.notice.id}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # no absence notes, please (RFC 3834 §5)
        letter.set_content(self._text(message))
        return letter

    def _text(self, message: Message) -> str:
        label = f" ({message.label})" if message.label else ""
        return (
            f"The token …{message.hint}{label} of the app {message.app_name} {message.headline}.\n"
            f"\n{message.details}\n"
            f"\n{self._console_url}/apps/{message.app_id}\n"
        )


def mail_of(settings: Settings) -> Mail | None:
    """Return the mail that settings describe, or None where they name no server.

    :raises SettingsError: one of them cannot be used
    """
    if not settings.smtp_url:
        return None
    server = _server_of(settings.smtp_url)
    recipients = tuple(each.strip() for each in settings.mail_to.split(","))
    for variable, address in (
        ("PROVISOR_MAIL_FROM", settings.mail_from),
        *(("PROVISOR_MAIL_TO", recipient) for recipient in recipients),
    ):
        if not _ADDRESS.fullmatch(address):
            raise SettingsError(f"{variable} must be an e-mail address, not {address!r}.")
    console_url = f"{settings.public_url}/console"
    return Mail(server, settings.mail_from, recipients, console_url)


def _server_of(url: str) -> MailServer:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        # it may hold a password, so it is not repeated
        raise SettingsError(
            "PROVISOR_SMTP_URL must be smtp:// or smtps:// with a host, such as"
            " smtps://user:password@mail.example.com."
        )
    return MailServer(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def _connected(server: MailServer) -> smtplib.SMTP:
    """Return a connection to a mail server, encrypted where it can be, and signed in."""
    context = ssl.create_default_context()
    here = socket.gethostname()  # what smtplib would ask the network for
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, here, timeout=_TIMEOUT, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, here, timeout=_TIMEOUT)
    try:
        _greet(smtp, server, context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _greet(smtp: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    smtp.ehlo_or_helo_if_needed()
    is_secret = server.scheme == "smtps"
    if not is_secret and smtp.has_extn("starttls"):
        smtp.starttls(context=context)
        smtp.ehlo()
        is_secret = True
    if server.user:
        if not is_secret:
            raise DeliveryFailed("the server offers no TLS to send the password through")
        smtp.login(server.user, server.password)
