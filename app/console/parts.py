"""What the console is made of: the objects its screens call."""

from dataclasses import dataclass

from app.access import Access
from app.admins import Admins
from app.admins.door import Door
from app.app_settings import AppSettings
from app.client_apps import ClientApps
from app.oauth import ClientKeys, ClientSecrets
from app.sessions import Sessions
from app.settings import Settings
from app.setup_link import SetupLinks
from app.tenants import Tenants
from app.tokens import Tokens
from app.watch.watch import Watch
from scim.instant import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """Every object a screen may call; ``create_app`` builds them."""

    settings: Settings
    clock: Clock
    admins: Admins
    door: Door
    sessions: Sessions
    setup_links: SetupLinks
    tenants: Tenants
    client_apps: ClientApps
    app_settings: AppSettings
    access: Access
    tokens: Tokens
    watch: Watch
    client_secrets: ClientSecrets
    client_keys: ClientKeys
