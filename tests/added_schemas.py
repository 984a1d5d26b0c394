"""The schemas that tests add: a badge for users, and devices with a lease."""

from pathlib import Path

from scim import Limits
from scim.provider import extended_provider

FOLDER = Path(__file__).parent / "schemas"
FILES = sorted(FOLDER.glob("*.json"))

BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"
DEVICE_SCHEMA = "urn:example:params:scim:schemas:2.0:Device"
LEASE = "urn:example:params:scim:schemas:extension:lease:2.0:Lease"

EXTENDED = extended_provider({path.name: path.read_text() for path in FILES}, Limits())
DEVICE, BADGED_USER = EXTENDED.kinds["Device"], EXTENDED.kinds["User"]
