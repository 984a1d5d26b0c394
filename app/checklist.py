"""What there is to do until an app is connected, and how far it is."""

from dataclasses import dataclass

from app.client_apps import ClientApp
from app.log.activity import ActivityReader
from app.tokens import Tokens
from scim import Client
from scim.browsing import Browser
from scim.provider import GROUP, USER
from scim.storage import Unavailable


@dataclass(frozen=True, slots=True)
class Check:
    """One thing on the list."""

    title: str
    is_done: bool
    hint: str
    """How it stands, or what to do."""


class Checklists:
    """Looks how far apps are, by what there really is."""

    def __init__(self, tokens: Tokens, activity: ActivityReader, browser: Browser) -> None:
        self._tokens = tokens
        self._activity = activity
        self._browser = browser

    def of(self, app: ClientApp, client: Client) -> tuple[Check, ...]:
        """Return the list of an app.

        :param client: one that may read its directory
        """
        tokens = self._tokens.list(app.id)
        is_heard = any(token.first_used_at for token in tokens) or self._is_in_log(app)
        users, groups = (self._browser.count(kind, client) for kind in (USER, GROUP))
        return (
            Check("SCIM is on", app.scim_enabled, "" if app.scim_enabled else "Enable SCIM below."),
            _on_token(bool(self._tokens.lasting(app.id))),
            Check(
                "First request seen",
                is_heard,
                ""
                if is_heard
                else "Enter the base URL and the token at the provider; test it there.",
            ),
            _on_resources("user", users, "Assign somebody to the app at the provider."),
            _on_resources("group", groups, "Push a group, if groups shall come too."),
        )

    def _is_in_log(self, app: ClientApp) -> bool:
        try:
            return self._activity.has_heard(app.id)
        except Unavailable:  # the log is not what the page is about
            return False


def _on_token(is_done: bool) -> Check:  # noqa: FBT001 - what it is about
    return Check("Token issued", is_done, "" if is_done else "Issue it below; it is shown once.")


def _on_resources(noun: str, count: int, hint: str) -> Check:
    found = f"{count:,} {noun}{'' if count == 1 else 's'} in its directory."
    return Check(f"First {noun} created", count > 0, found if count else hint)
