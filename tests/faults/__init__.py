"""Long runs that try to break a promise: nothing lost, nothing twice. `python -m tests.faults --help`."""
