"""The setup guides are whole: every provider has one, and each says what the documentation says."""

from pathlib import Path

import pytest

from app.guides import GUIDES, Guide
from scim.choices import ProviderName
from scim.tolerance import QUIRKS

DOCUMENTATION = (Path(__file__).parents[2] / "docs/howto/connect-a-provider.md").read_text()

EVERY = pytest.mark.parametrize("guide", GUIDES.values(), ids=list(GUIDES))


def test_every_provider_has_a_guide() -> None:
    assert set(ProviderName) == set(GUIDES)
    assert ProviderName.CUSTOM is list(GUIDES)[-1]


@EVERY
def test_a_guide_says_where_the_url_and_the_token_go_and_what_to_see(guide: Guide) -> None:
    fields = [field for step in guide.steps for field in step.fields]

    assert 1 == sum("{base_url}" in field.value for field in fields)
    assert 1 == sum(field.is_token for field in fields)
    assert any("check-list" in step.see or "provisioning log" in step.see for step in guide.steps)
    assert any("userName" in each.ours for each in guide.mappings)
    assert guide.notes


@EVERY
def test_every_asterisk_has_another(guide: Guide) -> None:
    for text in [*guide.notes, *(text for step in guide.steps for text in (step.text, step.see))]:
        assert text.count("*") % 2 == 0, text


@EVERY
def test_the_documentation_names_the_fields_too(guide: Guide) -> None:
    for step in guide.steps:
        for field in step.fields:
            if "{" in field.value and "\n" not in field.value:
                assert f"| {field.name} |" in DOCUMENTATION


def test_quirks_are_those_the_provider_is_known_for() -> None:
    assert QUIRKS["boolean-as-text"] in GUIDES[ProviderName.ENTRA].quirks
    assert QUIRKS["reference-to-nobody"] in GUIDES[ProviderName.ONELOGIN].quirks
    assert QUIRKS["read-only-attribute"] in GUIDES[ProviderName.OKTA].quirks
    assert () == GUIDES[ProviderName.CUSTOM].quirks
