"""Lists as the protocol writes them (RFC 7644 §3.4.2)."""

import json
from collections.abc import Mapping, Sequence

_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def response(bodies: Sequence[bytes], total: int, paging: Mapping[str, object]) -> bytes:
    """Return a ListResponse of resources that are JSON already.

    :param paging: what says where the page lies: ``startIndex``, or the cursors around it
    """
    head = json.dumps(
        {"schemas": [_SCHEMA], "totalResults": total, "itemsPerPage": len(bodies), **paging},
        separators=(",", ":"),
    )
    return b'%s,"Resources":[%s]}' % (head[:-1].encode(), b",".join(bodies))
