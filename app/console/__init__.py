"""The Developer Console: where administrators add client apps and issue their tokens.

Pages are rendered on the server and work without JavaScript.
"""

from app.console.blueprint import console_blueprint
from app.console.parts import ConsoleParts

__all__ = ["ConsoleParts", "console_blueprint"]
