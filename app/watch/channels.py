"""The ways a notice leaves the house."""

from datetime import datetime
from typing import Protocol

from app.settings import Settings
from app.watch.mail import mail_of
from app.watch.messages import Message
from app.watch.webhook import webhook_of


class Channel(Protocol):
    """One way to tell somebody."""

    @property
    def name(self) -> str:
        """Return the word that deliveries remember it by: a message goes once through each."""

    def send(self, message: Message, now: datetime) -> None:
        """Hand a message over; to send it again does no harm where the receiver knows its id.

        :raises DeliveryFailed: it was not taken, and is worth another try later
        """


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels that settings describe, or none.

    :raises SettingsError: a setting of them cannot be used
    """
    found: tuple[Channel | None, ...] = (mail_of(settings), webhook_of(settings))
    return tuple(channel for channel in found if channel is not None)
