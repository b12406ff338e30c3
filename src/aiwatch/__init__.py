"""aiwatch: one message per story, none twice, none lost."""

__version__ = "0.1.0"
