"""``provisor serve`` and ``provisor migrate``."""

import os
import socket
import time

import click
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from app.addresses import is_loopback
from app.assembly import Assembly, assemble
from app.cli import worker
from app.cli.opening import refusals
from app.cli.stopping import announced_stop
from app.cli.succession import Succession
from app.environment import read_settings
from app.journal import write_journal
from app.settings import Settings, SettingsError
from app.slow_bodies import threads_for
from scim.storage import shares_files_safely

_HTTP1 = HTTP1Settings(header_read_timeout=10_000)
"""Milliseconds in which a client has to send the headers of a request."""

_LAST_ANSWERS = 10
"""Seconds that requests may take to end when the server stops; one whose body does not come would
keep it for ever."""

_GRACE = 2.0
"""Seconds that the workers of a server that was killed may take to leave its address."""


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date and make the tenant "default"."""
    with refusals():
        assembly = assemble(read_settings(os.environ))
        assembly.close()
    click.echo("The database is up to date.", err=True)


@click.command()
@click.option("--host", help="Address to listen on, instead of PROVISOR_HOST.")
@click.option("--port", type=int, help="Port to listen on, instead of PROVISOR_PORT.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Serve SCIM and the console until SIGTERM; SIGHUP replaces the workers one by one."""
    # the workers are processes of their own and read the same variables
    if host is not None:
        os.environ["PROVISOR_HOST"] = host
    if port is not None:
        os.environ["PROVISOR_PORT"] = str(port)
    with refusals():
        settings = read_settings(os.environ)
        if workers > 1 and not settings.database_url and not shares_files_safely():
            raise SettingsError(
                "This SQLite can corrupt a file that several workers share; serve with one worker,"
                " or set PROVISOR_DATABASE_URL."
            )
        _check_clear_text(settings)
        _check_address(settings)
        assembly = assemble(settings)
        _announce(assembly)
        assembly.close()
    write_journal(settings.log_format)
    os.environ[worker.SERVER] = str(os.getpid())
    server = Succession(
        "app.cli.worker:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads_for(settings.threads, settings.slow_bodies),
        http1_settings=_HTTP1,
        workers_kill_timeout=_LAST_ANSWERS,
        factory=True,
        log_enabled=False,
    )
    with announced_stop(server, settings.shutdown_delay):
        server.serve()


def _check_clear_text(settings: Settings) -> None:
    """Refuse to take tokens in clear text from elsewhere (RFC 7644 §7.1)."""
    is_behind_tls = settings.base_url.startswith("https:") or settings.trusted_proxies
    if not is_loopback(settings.host) and not is_behind_tls:
        raise SettingsError(
            f"Tokens would pass in clear text to {settings.host}: set PROVISOR_HOST to 127.0.0.1,"
            " or PROVISOR_BASE_URL to the https:// URL of a proxy before this server."
        )


def _check_address(settings: Settings) -> None:
    """Refuse an address that cannot be listened on; the workers would share one that is taken."""
    deadline = time.monotonic() + _GRACE
    while True:
        try:
            return _listen_once(settings)
        except OSError as error:
            if time.monotonic() > deadline:
                raise SettingsError(
                    f"{settings.host}:{settings.port} cannot be listened on ({error.strerror});"
                    " change PROVISOR_HOST or PROVISOR_PORT."
                ) from error
        time.sleep(0.05)


def _listen_once(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, settings.port))


def _announce(assembly: Assembly) -> None:
    url = assembly.settings.public_url
    click.echo(f"Provisor serves {url} and signs tokens for it.")
    secret = assembly.setup_links.issue()
    if secret:
        click.echo(f"Make the first owner, once, within 24 hours: {url}/console/setup/{secret}")
    else:
        click.echo(f"The console is at {url}/console")
