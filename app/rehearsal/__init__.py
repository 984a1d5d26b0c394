"""A test of the connection: a user who comes and goes as a provider's users do."""

from app.rehearsal.rehearsing import Exchange, Rehearsal, Rehearsals

__all__ = ["Exchange", "Rehearsal", "Rehearsals"]
