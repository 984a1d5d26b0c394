"""Lists as the protocol writes them (RFC 7644 §3.4.2)."""

import json
from collections.abc import Mapping

_HEAD = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],'


def response(resources: str, size: int, total: int, paging: Mapping[str, object]) -> bytes:
    """Return a ListResponse.

    :param resources: their JSON with commas between them
    :param size: how many they are
    :param total: how many the whole list has
    :param paging: what says where the page lies: ``startIndex``, or the cursors around it
    """
    where = "".join([f',"{name}":{_written(value)}' for name, value in paging.items()])
    head = f'{_HEAD}"totalResults":{total},"itemsPerPage":{size}{where}'
    return f'{head},"Resources":[{resources}]}}'.encode()


def _written(value: object) -> object:
    return value if type(value) is int else json.dumps(value)
