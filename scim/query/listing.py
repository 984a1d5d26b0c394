"""Lists as the protocol writes them (RFC 7644 §3.4.2)."""

import json
from collections.abc import Mapping, Sequence

_HEAD = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],'


def response(bodies: Sequence[str], total: int, paging: Mapping[str, object]) -> bytes:
    """Return a ListResponse of resources that are JSON already.

    :param paging: what says where the page lies: ``startIndex``, or the cursors around it
    """
    where = "".join(f',"{name}":{json.dumps(value)}' for name, value in paging.items())
    head = f'{_HEAD}"totalResults":{total},"itemsPerPage":{len(bodies)}{where}'
    return f'{head},"Resources":[{",".join(bodies)}]}}'.encode()
