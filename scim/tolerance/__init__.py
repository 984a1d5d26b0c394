"""What providers really send, turned into what the RFC says, before anything validates it.

A request of a ``tolerant`` app passes through here; one of a ``strict`` app does not.
"""

from scim.tolerance.filters import read_filter
from scim.tolerance.patches import tolerate_patch
from scim.tolerance.profiles import PROFILES, Profile
from scim.tolerance.resources import tolerate_resource

__all__ = ["PROFILES", "Profile", "read_filter", "tolerate_patch", "tolerate_resource"]
