"""Why a message did not get out."""


class DeliveryFailed(Exception):  # noqa: N818 - what happened to the message
    """A message was not taken; the text says why in a few words and holds no secret."""


def network_failure(error: OSError | ValueError) -> DeliveryFailed:
    """Return what a failure of the network means, or of a host name that can be none."""
    strerror = error.strerror if isinstance(error, OSError) else None
    return DeliveryFailed(strerror or type(error).__name__)
