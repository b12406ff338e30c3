"""aiwatch: one message per story, none twice, none lost."""

import sys
from importlib.util import find_spec

__version__ = "0.1.0"

# What httpx and httpcore look for though nothing here needs it. It has to be said before either is imported, and this
# file comes before all others; None tells Python that there is no such module.

# httpx imports its own command line, and with it rich and pygments, wherever these are installed: a fifteenth of a start.
# Where they are not, its authors' own stand-in answers.
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]

# httpcore asks six times a request whether there is sniffio, which anyio no longer brings along: each time Python looked
# through every folder of its path, a quarter of what a poll cost. That there is none is now said once.
if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]
