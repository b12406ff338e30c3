"""Imported last by the process that readers are forked from: each of them would compile its patterns anew otherwise."""

from aiwatch.text.late import compile_all

compile_all()
