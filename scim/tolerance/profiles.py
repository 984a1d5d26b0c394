"""Profiles: how far the requests of an app may stray from the RFC."""

from dataclasses import dataclass

from scim2_models import ScimPolicy


@dataclass(frozen=True, slots=True)
class Profile:
    """How the requests of an app are read."""

    name: str
    policy: ScimPolicy
    """What scim2-models lets pass."""

    tolerant: bool
    """Whether quirks are read as what they mean; where not, they are refused."""


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "tolerant",
            ScimPolicy(
                unknown=ScimPolicy.Unknown.ignore,
                remove_value_as_filter=ScimPolicy.RemoveValue.apply,
            ),
            tolerant=True,
        ),
        Profile("strict", ScimPolicy(), tolerant=False),
    )
}
