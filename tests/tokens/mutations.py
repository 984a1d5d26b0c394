"""A live token, spelt in ten thousand other ways."""

import base64
from collections.abc import Callable, Iterator
from random import Random

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (SEC 2 §2.4.2)."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STRANGERS = "+/=.,:; \t\n\r\x00\x7f\"'\\%&<>~ \xa0\xad\u200b\u2028\ufeff"
_LOOKALIKES = str.maketrans("ABCEHKMOPTXaceopxyi0", "АВСЕНКМОРТХасеорхуі０")  # noqa: RUF001 - they do, and that is the point

Mutation = Callable[[str, Random], str]


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    """Return what base64url stands for."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def twin_of(signature: str) -> str:
    """Return the other signature that ECDSA takes for the same text: (r, n - s)."""
    raw = decoded(signature)
    return encoded(raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32))


def mutations_of(token: str, count: int, random: Random) -> Iterator[tuple[str, str]]:
    """Return other texts than the token, each with the name of what was done to it."""
    made = 0
    while made < count:
        mutate = _MUTATIONS[made % len(_MUTATIONS)]
        text = mutate(token, random)
        if text != token:
            made += 1
            yield mutate.__name__, text


def _bit_flipped(token: str, random: Random) -> str:
    place = random.randrange(len(token))
    return _with(token, place, chr(ord(token[place]) ^ 1 << random.randrange(7)))


def _bit_of_a_part_flipped(token: str, random: Random) -> str:
    parts = token.split(".")
    chosen = random.randrange(3)
    data = bytearray(decoded(parts[chosen]))
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    parts[chosen] = encoded(bytes(data))
    return ".".join(parts)


def _character_replaced(token: str, random: Random) -> str:
    return _with(token, random.randrange(len(token)), random.choice(_ALPHABET + _STRANGERS))


def _characters_swapped(token: str, random: Random) -> str:
    one, other = sorted(random.sample(range(len(token)), 2))
    return _with(_with(token, one, token[other]), other, token[one])


def _character_inserted(token: str, random: Random) -> str:
    place = random.randrange(len(token) + 1)
    return token[:place] + random.choice(_ALPHABET + _STRANGERS) + token[place:]


def _character_left_out(token: str, random: Random) -> str:
    return _with(token, random.randrange(len(token)), "")


def _padded(token: str, random: Random) -> str:
    parts = token.split(".")
    parts[random.randrange(3)] += "=" * random.randint(1, 3)
    return ".".join(parts)


def _spaced(token: str, random: Random) -> str:
    space = random.choice((" ", "  ", "\t", "\n", "\r\n", "\x0b", "\xa0", "\u2003", "\x00"))
    place = random.choice((0, len(token), token.index("."), token.rindex(".") + 1))
    return token[:place] + space + token[place:]


def _case_changed(token: str, random: Random) -> str:
    place = random.randrange(len(token))
    whole = random.choice((token.lower(), token.upper(), token.swapcase()))
    return random.choice((whole, _with(token, place, token[place].swapcase())))


def _twin(token: str, random: Random) -> str:
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{twin_of(signature)}" + random.choice(("", "=", "A", "==", "."))


def _last_bits_set(token: str, random: Random) -> str:
    """Return a last character whose bits beyond the last byte are not zero (RFC 4648 §3.5)."""
    parts = token.split(".")
    chosen = random.randrange(3)
    free = {2: 4, 3: 2}.get(len(parts[chosen]) % 4, 0)
    number = _ALPHABET.index(parts[chosen][-1]) | random.randrange(1 << free)
    parts[chosen] = parts[chosen][:-1] + _ALPHABET[number]
    return ".".join(parts)


def _other_alphabet(token: str, random: Random) -> str:
    return token.replace("-", "+").replace("_", "/") + random.choice(("", "="))


def _look_alike(token: str, random: Random) -> str:
    place = random.randrange(len(token))
    one = _with(token, place, token[place].translate(_LOOKALIKES))
    wide = _with(token, place, chr(ord(token[place]) + 0xFEE0))
    return random.choice((one, wide, token.translate(_LOOKALIKES)))


def _cut(token: str, random: Random) -> str:
    place = random.randrange(len(token))
    return random.choice((token[:place], token[place:]))


def _doubled(token: str, random: Random) -> str:
    between = random.choice(("", ".", ",", " ", ", Bearer "))
    part = random.choice(token.split("."))
    return random.choice((token + between + token, f"{token}{between}{part}", f"{part}.{token}"))


def _parts_shuffled(token: str, random: Random) -> str:
    return ".".join(random.choices(token.split("."), k=random.choice((2, 3, 3, 3, 4, 5))))


def _prefixed(token: str, random: Random) -> str:
    return random.choice(("Bearer ", "bearer:", "JWT ", "b'", '"', "\ufeff", "%65", ".")) + token


def _escaped(token: str, random: Random) -> str:
    place = random.randrange(len(token))
    code = ord(token[place])
    return _with(token, place, random.choice((f"%{code:02x}", f"\\u{code:04x}", f"&#{code};")))


_MUTATIONS: tuple[Mutation, ...] = (
    _bit_flipped,
    _bit_of_a_part_flipped,
    _character_replaced,
    _characters_swapped,
    _character_inserted,
    _character_left_out,
    _padded,
    _spaced,
    _case_changed,
    _twin,
    _last_bits_set,
    _other_alphabet,
    _look_alike,
    _cut,
    _doubled,
    _parts_shuffled,
    _prefixed,
    _escaped,
)


def _with(token: str, place: int, character: str) -> str:
    return token[:place] + character + token[place + 1 :]
