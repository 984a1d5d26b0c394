"""What the watch tells of a rotation that goes wrong, on every engine."""

from app.audit import CLI
from app.client_apps import ClientApp
from app.tokens import Use
from app.watch.messages import headline
from app.watch.notices import Kind
from app.watch.watch import Watch
from tests.conftest import FakeClock
from tests.instance import Instance

_USE = Use("192.0.2.1", "a provider")


def test_the_end_of_an_old_token_is_warned_of_once_its_successor_is_revoked(
    instance: Instance, client_app: ClientApp, clock: FakeClock
) -> None:
    """Its use had begun the end of the old one, which the provider may have gone back to."""
    watch = Watch(instance.database, clock)
    old = instance.tokens.issue(client_app.id, CLI).token
    clock.advance(days=3)
    new = instance.tokens.rotate(client_app.id, CLI)
    instance.authenticator.authenticate(new.text, _USE)
    assert (0, {}) == (watch.look(), watch.of_app(client_app.id))

    instance.tokens.revoke(client_app.id, new.token.jti, CLI)

    assert 1 == watch.look()
    (warned,) = watch.of_app(client_app.id)[old.jti]
    assert (Kind.ROTATION_END, 1) == (warned.kind, warned.stage)
    assert "ends in 1 day, and no successor has taken over" == headline(warned, clock())
    assert 0 == watch.look()
