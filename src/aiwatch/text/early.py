"""Imported last by the process that readers are forked from: each of them would compile its patterns and read its
tables anew otherwise (26 ms), and look through all modules for garbage (a twentieth of the time of a page)."""

import gc

from aiwatch.text import dates, prior, weighing
from aiwatch.text.late import compile_all

compile_all()
weighing.read_weights()
dates.parse_date("1 May 2026")
prior.stop_words(())
gc.freeze()
