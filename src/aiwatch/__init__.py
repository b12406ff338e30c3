"""aiwatch: one message per story, none twice, none lost."""

import sys

__version__ = "0.1.0"

# httpx imports its own command line, and with it rich and pygments, wherever these are installed: a fifteenth of a start.
# Where they are not, its authors' own stand-in answers. It has to be said before httpx is imported, and this file comes
# before all others; None tells Python that there is no such module.
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
