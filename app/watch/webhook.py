"""Notices to a program: a signed POST, as Standard Webhooks 1.0 describes it."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from app.settings import Settings, SettingsError
from app.watch.failure import DeliveryFailed, network_failure
from app.watch.messages import Message

_TIMEOUT = 10.0
"""Seconds that the receiver may take to connect, and to answer."""

_PREFIX = "whsec_"
_SHORTEST_SECRET = 24
"""Bytes; the least that Standard Webhooks allows."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Sends messages to one URL."""

    name: ClassVar = "webhook"

    url: SplitResult = field(repr=False)  # its path may be what a receiver knows senders by
    secret: bytes = field(repr=False)

    def send(self, message: Message, now: datetime) -> None:
        """Send a message; only an answer of 2xx means that it was taken, a redirect does not.

        :raises DeliveryFailed: it was not taken
        """
        body = json.dumps(payload_of(message)).encode()
        headers = sign(self.secret, message.notice.id, int(now.timestamp()), body)
        status = self._post(body, headers | {"Content-Type": "application/json"})
        if not 200 <= status < 300:  # noqa: PLR2004 - the class of status codes that says success
            raise DeliveryFailed(f"answered {status}")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = kind(self.url.hostname or "", self.url.port, timeout=_TIMEOUT)
        target = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
        try:
            connection.request("POST", target, body, headers | {"User-Agent": "Provisor"})
            return connection.getresponse().status
        except HTTPException as error:
            raise DeliveryFailed(type(error).__name__) from error
        except (OSError, ValueError) as error:
            raise network_failure(error) from error
        finally:
            connection.close()


def payload_of(message: Message) -> dict[str, object]:
    """Return what a program is told: what it may act on, and the sentences for people."""
    warned = message.notice.warned
    return {
        "type": f"token.{warned.kind}",
        "timestamp": message.notice.made_at,
        "data": {
            "app_id": message.app_id,
            "app_name": message.app_name,
            "token_id": warned.jti,
            "token_label": message.label,
            "token_hint": message.hint,
            "about": warned.about,
            "stage": warned.stage,
            "headline": message.headline,
            "details": message.details,
        },
    }


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that tell a receiver whose message this is, and how old.

    :param timestamp: seconds since 1970 of this try
    """
    content = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{digest}",
    }


def webhook_of(settings: Settings) -> Webhook | None:
    """Return the webhook that settings describe, or None where they name no URL.

    :raises SettingsError: one of them cannot be used
    """
    if not settings.webhook_url:
        return None
    return Webhook(_url_of(settings.webhook_url), _secret_of(settings.webhook_secret))


def _url_of(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError:
        parts = urlsplit("")
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
        or not (url.isascii() and url.isprintable())
        or " " in url
    ):
        raise SettingsError(
            "PROVISOR_WEBHOOK_URL must be http:// or https:// with a host and no password, such as"
            " https://hooks.example.com/provisor."
        )
    return parts


def _secret_of(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:  # not base64, or not even ASCII
        secret = b""
    if not text.startswith(_PREFIX) or len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"PROVISOR_WEBHOOK_SECRET must be {_PREFIX} and at least {_SHORTEST_SECRET} bytes in"
            " base64, such as openssl rand -base64 32 prints."
        )
    return secret
