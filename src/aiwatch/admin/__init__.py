"""Data that is the reader's own, and the care of it: lines in, rows out, copies, retention, checks, numbers."""

from aiwatch.admin.lines import MAX_LINE, read_lines, write_rows
from aiwatch.admin.prune import nightly

__all__ = ["MAX_LINE", "nightly", "read_lines", "write_rows"]
