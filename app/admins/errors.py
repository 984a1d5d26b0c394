"""What is wrong with an admin, or with what somebody tries at the sign-in.

Errors::

    AdminError
    ├── InvalidAdmin       an e-mail address, a password or a role cannot be accepted; it says why
    ├── EmailTaken         an admin with this e-mail address exists
    ├── UnknownAdmin       there is no such admin
    ├── LastOwner          nobody would be left who may do everything
    ├── InvalidLink        a one-time link is unknown, used, replaced or expired
    ├── WrongPassword      the password is not the admin's
    ├── SecondFactorError  the second factor is on where it may not be, or off where it has to be
    ├── WrongCode          the code of the second factor is not right, or was used
    ├── SignInExpired      the first step of a sign-in is too long ago
    ├── SignInBusy         more passwords wait to be checked than can be
    └── Throttled          there were too many attempts (in app/admins/throttle.py)
"""


class AdminError(Exception):
    """What is wrong with an admin; raised as one of its subclasses."""


class InvalidAdmin(AdminError):  # noqa: N818 - the field says invalid, not invalid error
    """An e-mail address, a password or a role cannot be accepted; the message is a sentence."""


class EmailTaken(AdminError):  # noqa: N818 - likewise
    """An admin with this e-mail address exists."""


class UnknownAdmin(AdminError):  # noqa: N818 - likewise
    """There is no such admin."""


class LastOwner(AdminError):  # noqa: N818 - likewise
    """Nobody would be left who may do everything."""


class InvalidLink(AdminError):  # noqa: N818 - likewise
    """A one-time link is unknown, used, replaced or expired."""


class WrongPassword(AdminError):  # noqa: N818 - likewise
    """The password is not the admin's."""


class SecondFactorError(AdminError):
    """The second factor is on where it may not be, or off where it has to be."""


class WrongCode(AdminError):  # noqa: N818 - likewise
    """The code of the second factor is not right, or was used before."""


class SignInExpired(AdminError):  # noqa: N818 - likewise
    """The first step of a sign-in is too long ago, or was never taken."""


class SignInBusy(AdminError):  # noqa: N818 - likewise
    """More passwords wait to be checked than memory allows at a time; worth another try later."""
