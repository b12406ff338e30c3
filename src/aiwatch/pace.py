"""What a host's answers say of how it wants to be asked, handed on to what asks it."""

from datetime import datetime, timedelta

from aiwatch.fetch import Fetcher
from aiwatch.judge import manners
from aiwatch.judge.manners import HostState


def keep_pace(fetcher: Fetcher, state: HostState, configured: timedelta, now: datetime) -> None:
    """Ask a host from now on as its answers want it."""
    spacing, _ = manners.pace(state.host, state, configured, None, now)
    ago = max(now - state.last_request, timedelta()) if state.last_request else None
    fetcher.pace(state.host, spacing, asked_ago=ago, hold=manners.held(state, now))
