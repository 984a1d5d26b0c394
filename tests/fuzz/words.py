"""Inputs in which one byte stands for one word, so that a change of a byte is one of a word.

Bytes that libFuzzer changes in plain text make syntax errors and little else.
"""

from collections.abc import Iterator

from scim.provider import KINDS
from scim.schema.shapes import Shape, shape_of

_FIRST = 0x80
"""The byte of the first word; those below stand for themselves."""

_PLAIN = b"\xff"
"""What an input begins with whose other bytes all stand for themselves."""

ODD = ("\0", "é", "e\u0301", "\u0130", "\ufeff", "\u202e", "\U0001f600", "\u0378")
"""Characters that are treated specially somewhere."""


def _names(shape: Shape) -> Iterator[str]:
    for part in shape.parts.values():
        yield part.name
        yield from _names(part)


ATTRIBUTES = tuple(
    dict.fromkeys(name for kind in KINDS.values() for name in _names(shape_of(kind.model)))
)
"""The name of every attribute and sub-attribute."""

_OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "and", "or")
_WORDS = tuple(
    word.encode()
    for word in (
        *(f" {operator} " for operator in _OPERATORS),
        *(" pr", "not (", '"work"', '"a"', "true", "false", "null", "1e999", "].", '\\"'),
        *("\\u0000", "\\ud800", '"2026-11-24T12:00:00Z"'),
        "urn:ietf:params:scim:schemas:core:2.0:User:",
        *ATTRIBUTES,
        *ODD,
    )
)
assert len(_WORDS) <= 0xFF - _FIRST


def spelled(data: bytes) -> str:
    """Return an input with every word in full; bytes that are no UTF-8 become lone surrogates."""
    if data.startswith(_PLAIN):
        return data[1:].decode(errors="surrogateescape")
    words = (
        _WORDS[byte - _FIRST] if 0 <= byte - _FIRST < len(_WORDS) else bytes((byte,))
        for byte in data
    )
    return b"".join(words).decode(errors="surrogateescape")


def shortened(text: str) -> bytes:
    """Return the input that is spelled so, the longest words first."""
    data = text.encode()
    assert data.isascii()
    for word in sorted(_WORDS, key=len, reverse=True):
        if word.isascii() and len(word) > 1:
            data = data.replace(word, bytes((_FIRST + _WORDS.index(word),)))
    return data
