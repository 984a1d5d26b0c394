"""What people may write about a thing: its name, its description, a reason."""

import unicodedata

_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
"""What can forge a line of a list, a log or a mail, and halves of a character."""


def find_fault(field: str, text: str, longest: int) -> str | None:
    """Return a sentence saying why a line of text cannot be accepted, or None if it can."""
    if len(text) > longest:
        return f"{field} can have at most {longest:,} characters."
    if any(unicodedata.category(character) in _REFUSED for character in text):
        return f"{field} cannot hold control characters."
    return None
