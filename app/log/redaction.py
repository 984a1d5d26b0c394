"""What a client wrote, without what may be data of a person: only its shape is kept."""

import re

UNKNOWN = "…"
"""What stands where something was left out."""

_LONGEST = 500
"""Characters of a sentence or a shape that are kept."""

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

_QUOTED = re.compile(r"""["'].*["']|["'].*""", re.DOTALL)
"""From the first quote of a sentence to the last: what is quoted may hold quotes itself."""

_AT_PATH = re.compile(r": \S+$")
"""What ends a sentence about a body: where in it something is wrong."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[()\[\]]|[^\s()\[\]"]+')

_COMPARISONS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})

_NAME = re.compile(r"[A-Za-z$][\w$-]*", re.ASCII)

_WORD = re.compile(r"[A-Za-z0-9.,:;()\[\]/_=+-]{1,40}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether a text is surely an id, and no name that somebody put in the place of one."""
    return bool(_UUID.fullmatch(text))


def shape_of_filter(text: str, vocabulary: frozenset[str]) -> str:
    """Return a filter with ``?`` for every value, such as ``userName eq ?``."""
    shape = []
    wants_value = False
    for part in _TOKEN.findall(text[: _LONGEST * 4]):
        word = part.lower()
        if wants_value:
            shape.append("?")
            wants_value = False
        elif word in _COMPARISONS:
            shape.append(word)
            wants_value = True
        elif part in "()[]":
            shape.append(part)
        else:
            shape.append(_known_path(part, vocabulary) or "?")
    joined = " ".join(shape)
    for spaced, close in (("( ", "("), (" )", ")"), (" [ ", "["), (" ]", "]")):
        joined = joined.replace(spaced, close)
    return joined[:_LONGEST]


def redacted(sentence: str, vocabulary: frozenset[str]) -> str:
    """Return a sentence about a request, without what it repeats of it.

    Ids stay, and names of attributes; other quotations go, and words that no sentence has.
    """
    text = _QUOTED.sub(lambda found: _kept(found[0], vocabulary), sentence)
    text = _AT_PATH.sub(
        lambda found: found[0] if _known_path(found[0][2:], vocabulary) else f": {UNKNOWN}", text
    )
    words = (
        word
        if _WORD.fullmatch(word) or word.strip("'\".,:()") == UNKNOWN or _is_kept(word)
        else UNKNOWN
        for word in text.split()
    )
    return " ".join(words)[:_LONGEST]


def _is_kept(word: str) -> bool:
    return word.startswith("'") and word.rstrip(".,:").endswith("'")


def _kept(quoted: str, vocabulary: frozenset[str]) -> str:
    inside = quoted.strip("\"'")
    known = inside if is_id(inside) else _known_path(inside, vocabulary)
    return f"'{known}'" if known else UNKNOWN


def _known_path(path: str, vocabulary: frozenset[str]) -> str:
    """Return the path of an attribute without its URN if every part is known, or else nothing."""
    if path.lower() in vocabulary:
        return path
    urn, colon, local = path.rpartition(":")
    if colon and urn.lower() not in vocabulary:
        return ""
    parts = local.split(".")
    known = all(
        each.isdigit() or (_NAME.fullmatch(each) and each.lower() in vocabulary) for each in parts
    )
    return local if known and not local.isdigit() else ""
