"""Quirks: what providers send beside the RFC, each read by one function.

A quirk's function takes what arrived and returns what it means; where there is nothing to read
it returns the very object it was given.
Its docstring is its row in the documentation.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from scim2_models import SCIMException

from scim.tolerance.profiles import PROFILES, Profile

Given = TypeVar("Given")
Context = ParamSpec("Context")

Refusal = type[SCIMException]


@dataclass(frozen=True, slots=True)
class Quirk:
    """One way in which providers stray from the RFC."""

    name: str
    codes: tuple[str, ...]
    """Rows of the table in ``docs/reference/quirks.md`` that it is a form of."""

    sent_by: str
    meaning: str
    """What arrives, and how a tolerant app's request is read."""

    strict: str
    """What a strict app's request is answered: a ``scimType``, or a few words."""

    refusal: Refusal | None
    because: str
    """Why a strict app's request is refused here; empty where scim2-models refuses it anyway.

    ``{0.name}`` stands for the name of the attribute, where the function is told its shape.
    """


@dataclass(slots=True)
class Quirks:
    """What one request had to be forgiven, for the log."""

    noticed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often, by the name of the quirk."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How one request is read, and what was noticed on the way."""

    profile: Profile
    quirks: Quirks = field(default_factory=Quirks)

    def choose(self, quirk: Quirk, given: Given, meant: Given, *context: object) -> Given:
        """Return what counts of what arrived and what it means.

        :raises SCIMException: the profile does not forgive the quirk
        """
        if self.profile.tolerant:
            self.quirks.noticed[quirk.name] += 1
            return meant
        if quirk.refusal:
            raise quirk.refusal(detail=quirk.because.format(*context))
        return given


def unnoticed() -> Reader:
    """Return a reader that forgives, where one quirk has to know what another would read."""
    return Reader(PROFILES["tolerant"])


QUIRKS: dict[str, Quirk] = {}
"""Every quirk by its name."""


def quirk(
    *codes: str, sent_by: str, strict: Refusal | str, because: str = ""
) -> Callable[
    [Callable[Concatenate[Given, Context], Given]],
    Callable[Concatenate[Reader, Given, Context], Given],
]:
    """Make a function the reading of a quirk, named as the function is.

    :param strict: how a strict app's request is refused, or what becomes of it
    :param because: the sentence of the refusal, where scim2-models would let the request pass
    """

    def register(
        read: Callable[Concatenate[Given, Context], Given],
    ) -> Callable[Concatenate[Reader, Given, Context], Given]:
        refusal = None if isinstance(strict, str) else strict
        made = Quirk(
            name=read.__name__.replace("_", "-"),
            codes=codes,
            sent_by=sent_by,
            meaning=" ".join((read.__doc__ or "").split()),
            strict=strict if isinstance(strict, str) else strict.scim_type,
            refusal=refusal if because else None,
            because=because,
        )
        QUIRKS[made.name] = made

        @wraps(read)
        def reading(
            reader: Reader, given: Given, /, *context: Context.args, **named: Context.kwargs
        ) -> Given:
            meant = read(given, *context, **named)
            return given if meant is given else reader.choose(made, given, meant, *context)

        return reading

    return register
