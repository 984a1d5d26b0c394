"""Settings, where they are printed and where they make a URL."""

import pytest

from app import Settings
from app.environment import read_settings
from app.settings import SettingsError
from app.watch.channels import channels_of

_WEBHOOK = {
    "PROVISOR_WEBHOOK_URL": "https://hooks.example.com/services/hunter2",
    "PROVISOR_WEBHOOK_SECRET": "whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==",
}


def test_settings_and_what_is_made_of_them_print_no_secret() -> None:
    settings = read_settings(
        _WEBHOOK
        | {
            "PROVISOR_DATABASE_URL": "postgresql://provisor:hunter2@db.example.com/provisor",
            "PROVISOR_SMTP_URL": "smtps://ada:hunter2@mail.example.com",
            "PROVISOR_MAIL_FROM": "provisor@example.com",
            "PROVISOR_MAIL_TO": "ada@example.com",
            "PROVISOR_METRICS_TOKEN": "hunter2",
        }
    )

    printed = f"{settings!r} {channels_of(settings)!r}"

    assert "hunter2" not in printed
    assert "whsec_" not in printed


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:5000"), ("::1", "http://[::1]:5000")],
)
def test_without_a_public_url_it_is_the_host_and_the_port(host: str, url: str) -> None:
    assert url == Settings(host=host).public_url


@pytest.mark.parametrize("variable", ["PROVISOR_LOG", "PROVISOR_ROW_SECURITY"])
def test_a_switch_is_on_or_off(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable} must be on or off, not 'no'."):
        read_settings({variable: "no"})

    assert read_settings({variable: "off"}) != read_settings({variable: "on"}) == Settings()
