"""Everything the program is made of, built once and joined."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app import audit
from app.access import Access
from app.admins import Admins
from app.admins.door import Door, open_door
from app.app_settings import AppSettings
from app.audit import Actor, Audit, Event, open_audit
from app.backup.places import places_of
from app.client_apps import ClientApps
from app.keys import Keyring, open_keyring, open_rotation
from app.log import ProvisioningLog, open_log
from app.metrics.counts import Counts
from app.metrics.requests import open_counts
from app.oauth import OAuth, open_oauth
from app.rate_limits import RateLimits, shared_memory
from app.sessions import Sessions
from app.settings import Settings, SettingsError
from app.setup_link import SetupLinks
from app.signing_keys import SigningKeys
from app.steps import Step, Steps
from app.tenants import Tenants
from app.tokens import Authenticator, Issuer, Policy, Scopes, Tokens
from app.watch.channels import Channel, channels_of
from app.watch.outbox import Outbox
from app.watch.watch import Watch
from scim import Client, Cursors, Database, Directory, Provider, instant, open_database
from scim.errors import SchemaError
from scim.provider import extended_provider
from scim.storage import Session
from scim.storage.resources import Record
from scim.transfer.exporting import Exporter
from scim.transfer.importing import Importer


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The objects of one process; they hold connections, so it is closed at the end."""

    settings: Settings
    clock: instant.Clock
    database: Database
    keyring: Keyring
    signing_keys: SigningKeys
    provider: Provider
    directory: Directory
    importer: Importer
    exporter: Exporter
    tenants: Tenants
    client_apps: ClientApps
    app_settings: AppSettings
    access: Access
    tokens: Tokens
    authenticator: Authenticator
    oauth: OAuth
    admins: Admins
    door: Door
    sessions: Sessions
    setup_links: SetupLinks
    watch: Watch
    audit: Audit
    log: ProvisioningLog
    counts: Counts
    steps: Steps

    def close(self) -> None:
        """Close the log, the counts and the connections to the database."""
        self.log.close()
        self.counts.close()
        self.database.close()


def assemble(settings: Settings, clock: instant.Clock = instant.now) -> Assembly:
    """Return the program's objects, on a database whose schema is up to date.

    :raises SettingsError: a file of schemas cannot be used, or a channel of the watch
    :raises Unavailable: the database cannot be reached
    :raises KeyringError: the key-encryption keys do not open the signing keys
    """
    provider, channels, database, keyring = _opened(settings, clock)
    watch, outbox = Watch(database, clock), Outbox(database, clock, channels)
    admins, rate_limits = Admins(database, clock), rate_limits_of(settings)
    tokens = tokens_of(settings, database, clock, keyring, provider)
    audited, log, counts = open_audit(database, clock), *_log(settings, database, provider, clock)
    door = open_door(database, clock, admins, keyring.derive_secret)
    return Assembly(
        settings=settings,
        clock=clock,
        database=database,
        keyring=keyring,
        signing_keys=SigningKeys(database, clock, open_rotation(settings, database)),
        provider=provider,
        directory=_directory(settings, database, clock, keyring, provider),
        importer=Importer(database, clock, _record_import, provider),
        exporter=Exporter(database, provider),
        tenants=_tenants(database, clock),
        client_apps=ClientApps(database, clock),
        app_settings=AppSettings(database, clock),
        access=Access(database, clock),
        tokens=tokens,
        authenticator=Authenticator(database, clock, keyring, policy_of(settings), rate_limits),
        oauth=open_oauth(settings, database, clock, keyring, tokens, rate_limits),
        admins=admins,
        door=door,
        sessions=Sessions(database, clock),
        setup_links=SetupLinks(database, clock),
        watch=watch,
        audit=audited,
        log=log,
        counts=counts,
        steps=Steps(database, clock, (*_steps(watch, outbox, keyring, log, door), *audited.steps)),
    )


def _opened(
    settings: Settings, clock: instant.Clock
) -> tuple[Provider, tuple[Channel, ...], Database, Keyring]:
    """Return what all else stands on: first what settings alone can get wrong."""
    provider, channels = provider_of(settings), channels_of(settings)
    database = open_migrated(settings)
    try:
        return provider, channels, database, open_keyring(settings, database, clock)
    except BaseException:
        database.close()
        raise


def _log(
    settings: Settings, database: Database, provider: Provider, clock: instant.Clock
) -> tuple[ProvisioningLog, Counts]:
    """Return the log, and the counts that hear of its queue."""
    counts = open_counts(settings.instance)
    return open_log(settings, database, provider, clock, counts.tell_queue), counts


def _directory(
    settings: Settings,
    database: Database,
    clock: instant.Clock,
    keyring: Keyring,
    provider: Provider,
) -> Directory:
    cursors = Cursors(keyring.derive_secret(b"cursors"), clock, settings.cursor_timeout)
    return Directory(database, clock, _record_change, provider, cursors)


def _tenants(database: Database, clock: instant.Clock) -> Tenants:
    """Return the tenants, of which there is one from the start."""
    tenants = Tenants(database, clock)
    tenants.default()
    return tenants


def _steps(
    watch: Watch, outbox: Outbox, keyring: Keyring, log: ProvisioningLog, door: Door
) -> tuple[Step, ...]:
    """Return what has to be done again and again."""

    def look_and_tell() -> None:
        if watch.look():
            outbox.deliver()  # at once; the other step may just have been taken elsewhere

    return (
        Step("watch", timedelta(minutes=10), look_and_tell),
        Step("deliver", timedelta(minutes=1), outbox.deliver),
        Step("keys", timedelta(hours=1), keyring.tick),
        Step("log", timedelta(hours=1), log.retention.enforce),
        Step("sign-ins", timedelta(hours=1), door.sweep),
    )


def provider_of(settings: Settings) -> Provider:
    """Return the resource types of the settings, with the schemas an administrator adds.

    :raises SettingsError: a file of schemas cannot be read, or describes what cannot be served
    """
    try:
        files = {str(path): path.read_text("utf-8") for path in settings.schema_files}
        return extended_provider(files, settings.limits)
    except (OSError, UnicodeDecodeError, SchemaError) as error:
        raise SettingsError(f"PROVISOR_SCHEMAS cannot be used: {error}.") from error


def tokens_of(
    settings: Settings,
    database: Database,
    clock: instant.Clock,
    keyring: Keyring,
    provider: Provider,
) -> Tokens:
    """Return the tokens of an instance, which name its public URL from now on."""
    keyring.remember_issuer(settings.public_url)
    policy = policy_of(settings)
    issuer = Issuer(keyring, settings.public_url, policy)
    return Tokens(database, clock, issuer, Scopes(provider.endpoints), policy)


def policy_of(settings: Settings) -> Policy:
    """Return how long tokens live."""
    return Policy(
        absolute=timedelta(days=settings.token_max_days),
        grace=timedelta(hours=settings.rotation_grace),
        deadline=timedelta(days=settings.rotation_deadline),
    )


def rate_limits_of(settings: Settings) -> RateLimits:
    """Return the budgets that the workers of a server share."""
    return RateLimits(settings.rate_limit, shared_memory(settings.instance))


def open_migrated(settings: Settings) -> Database:
    """Return the database of the settings, its schema up to date.

    :raises Unavailable: the database cannot be reached
    :raises NotAllowed: whoever serves may not bring it up to date
    """
    if isinstance(settings.database, Path):
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings.database, row_security=settings.row_security == "on")
    try:
        database.migrate(places_of(settings)["directory"].migrations)
    except BaseException:
        database.close()
        raise
    return database


def _record_change(session: Session, client: Client, action: str, record: Record, now: str) -> None:
    name = f"service-account:{client.service_account_id}"
    actor = Actor(name, client.address, client.request_id)
    event = Event(action, record.type, record.id, client.tenant_id, client.app_id)
    audit.record(session, actor, event, now, {"token": client.token_id, "version": record.version})


def _record_import(session: Session, client: Client, action: str, record: Record, now: str) -> None:
    event = Event(action, record.type, record.id, client.tenant_id)
    audit.record(session, audit.CLI, event, now, {"version": record.version})
