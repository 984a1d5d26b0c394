"""Everything an instance is made of, without the web around it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.access import Access
from app.app_settings import AppSettings
from app.assembly import policy_of, tokens_of
from app.audit import CLI
from app.client_apps import ClientApp, ClientApps, NewApp
from app.keys import Keyring, open_keyring
from app.migrations import MIGRATIONS as APP
from app.rate_limits import RateLimits
from app.settings import Settings
from app.tenants import Tenants
from app.tokens import Authenticator, Tokens
from scim import PROVIDER
from scim.instant import Clock
from scim.migrations import MIGRATIONS as DIRECTORY
from scim.storage import Database

URL = "http://127.0.0.1:5000"


@dataclass(frozen=True, slots=True)
class Instance:
    """The parts of one server, joined the way the application joins them."""

    database: Database
    clock: Clock
    settings: Settings
    keyring: Keyring
    tenants: Tenants
    client_apps: ClientApps
    app_settings: AppSettings
    access: Access
    tokens: Tokens
    authenticator: Authenticator

    def new_app(self, name: str = "HR sync") -> ClientApp:
        """Make an app whose SCIM is on."""
        app = self.client_apps.create(NewApp(self.tenants.default().id, name), CLI)
        self.client_apps.enable_scim(app.id, CLI)
        return self.client_apps.get(app.id)


def open_instance(
    database: Database, clock: Clock, folder: Path, url: str = URL, **chosen: Any
) -> Instance:
    """Return an instance that keeps its keys in a folder, with every table made.

    :param chosen: settings that are not as they are by default
    """
    database.migrate((*DIRECTORY, *APP))
    settings = Settings(instance=folder, base_url=url, rate_limit=0, **chosen)
    keyring = open_keyring(settings, database, clock)
    return Instance(
        database,
        clock,
        settings,
        keyring,
        Tenants(database, clock),
        ClientApps(database, clock),
        AppSettings(database, clock),
        Access(database, clock),
        tokens_of(settings, database, clock, keyring, PROVIDER),
        Authenticator(database, clock, keyring, policy_of(settings), RateLimits(0, bytearray())),
    )
