"""What the console is made of: the objects its screens call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.access import Access
from app.admins import Admins
from app.admins.door import Door
from app.app_settings import AppSettings
from app.audit import Audit
from app.checklist import Checklists
from app.client_apps import ClientApps
from app.log import ProvisioningLog
from app.oauth import ClientKeys, ClientSecrets
from app.rehearsal import Rehearsals
from app.sessions import Sessions
from app.settings import Settings
from app.setup_link import SetupLinks
from app.signing_keys import SigningKeys
from app.tenants import Tenants
from app.tokens import Tokens
from app.versions import Versions
from app.watch.watch import Watch
from scim import Provider
from scim.browsing import Browser
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
    audit: Audit
    provider: Provider
    browser: Browser
    signing_keys: SigningKeys
    versions: Callable[[], Versions]
    last_backup: Callable[[], datetime | None]
    log: ProvisioningLog
    client_secrets: ClientSecrets
    client_keys: ClientKeys
    rehearsals: Rehearsals
    checklists: Checklists
