"""Inputs that always spell a JSON value, so that a change of a byte is a change of the value.

One byte opens or closes an object or an array, is a word, a character or a constant,
or joins two strings; what is left open at the end is closed.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.fuzz.words import ATTRIBUTES, ODD

_OBJECT, _ARRAY, _END, _JOIN = b"{[]+"
_CONSTANTS = (None, True, False, 0, 1, 2, -1, 2.5, 1e308, 10**30, "", "\0", " ")
_FIRST = 0x80
"""The byte of the first word."""

_WORDS = (
    *("schemas", "Operations", "op", "path", "value", "add", "remove", "replace", "Replace"),
    *(
        "work",
        "User",
        "Group",
        "True",
        "1",
        ".",
        ":",
        "[",
        "]",
        " eq ",
        '"',
        "].value",
        "@example.com",
    ),
    *("filter", "sortBy", "sortOrder", "descending", "startIndex", "count", "attributes"),
    *("excludedAttributes", "cursor", "method", "POST", "PUT", "PATCH", "DELETE", "bulkId"),
    *("bulkId:", "data", "version", "failOnErrors", "/Users", "/Groups", "/", "AAAA"),
    *("urn:ietf:params:scim:api:messages:2.0:", "PatchOp", "BulkRequest", "SearchRequest"),
    *("urn:ietf:params:scim:schemas:core:2.0:",),
    *ATTRIBUTES,
    *ODD,
)
_BYTES = {
    **{chr(byte): byte for byte in range(0x20, 0x7F) if byte not in b"{[]+"},
    **{word: _FIRST + number for number, word in enumerate(_WORDS)},
}
assert max(_BYTES.values()) <= 0xFF


def built(data: bytes) -> Any:
    """Return the value that an input spells, an empty object where it is none."""
    open_: list[tuple[int, list[Any]]] = [(_ARRAY, [])]
    joining = False
    for byte in data:
        items = open_[-1][1]
        if byte in (_OBJECT, _ARRAY):
            open_.append((byte, []))
        elif byte == _END:
            _close(open_)
        elif byte == _JOIN:
            joining = True
            continue
        elif joining and items and isinstance(items[-1], str):
            items[-1] += str(_scalar(byte))
        else:
            items.append(_scalar(byte))
        joining = False
    while len(open_) > 1:
        _close(open_)
    return open_[0][1][0] if open_[0][1] else {}


def spelling(value: Any) -> bytes:
    """Return the input that spells a value."""
    if isinstance(value, dict):
        inner = b"".join(spelling(name) + spelling(part) for name, part in value.items())
        return b"{" + inner + b"]"
    if isinstance(value, list):
        return b"[" + b"".join(map(spelling, value)) + b"]"
    if isinstance(value, str) and value:
        return b"+".join(bytes((_BYTES[piece],)) for piece in _pieces(value))
    return bytes((list(map(json.dumps, _CONSTANTS)).index(json.dumps(value)),))


def _close(open_: list[tuple[int, list[Any]]]) -> None:
    if len(open_) == 1:
        return
    kind, items = open_.pop()
    pairs = zip(map(str, items[::2]), items[1::2], strict=False)
    open_[-1][1].append(dict(pairs) if kind == _OBJECT else items)


def _scalar(byte: int) -> Any:
    if byte >= _FIRST:
        return _WORDS[(byte - _FIRST) % len(_WORDS)]
    return _CONSTANTS[byte] if byte < len(_CONSTANTS) else chr(byte)


def _pieces(text: str) -> Iterator[str]:
    """Return the words and characters of a text, the longest words first."""
    while text:
        piece = max((each for each in _BYTES if text.startswith(each)), key=len)
        yield piece
        text = text.removeprefix(piece)
