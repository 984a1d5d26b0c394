"""What providers really send, turned into what the RFC says, before anything validates it.

Every quirk is one function, registered in ``QUIRKS``.
A ``tolerant`` app's request is read as it is meant, and what was noticed is counted; a ``strict``
app's is left as it is, and refused where scim2-models would let a quirk pass.
"""

from scim.tolerance.filters import read_filter
from scim.tolerance.parameters import endpoint_in_another_case, read_parameters, read_search_body
from scim.tolerance.patches import read_message
from scim.tolerance.profiles import PROFILES, Profile
from scim.tolerance.quirks import QUIRKS, Quirk, Quirks, Reader
from scim.tolerance.resources import read_body
from scim.tolerance.selections import carry_out

__all__ = [
    "PROFILES",
    "QUIRKS",
    "Profile",
    "Quirk",
    "Quirks",
    "Reader",
    "carry_out",
    "endpoint_in_another_case",
    "read_body",
    "read_filter",
    "read_message",
    "read_parameters",
    "read_search_body",
]
