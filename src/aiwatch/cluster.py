"""Pages fetched and read on other machines: a request and its entry go there, only the article comes back.

The turn of a host is given here, one machine for all (`fetch.lanes`): a worker sends one request when it is told to and
follows no redirect, so that many workers are to a server what one is. Any `concurrent.futures.Executor` will do.
"""

import asyncio
import logging
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from multiprocessing.util import Finalize
from typing import Any

from aiwatch.errors import UsageError
from aiwatch.fetch import REDIRECTS, Request, judged, send
from aiwatch.model import Entry, Outcome, Page, ReadArticle, Source
from aiwatch.net import Answer, Unanswered, open_client
from aiwatch.text.reading import article_of
from aiwatch.workers import WorkerFailure, Workers

log = logging.getLogger(__name__)

SCHEME = "dask://"
SECONDS = 10.0  # CPU deadline of one page
LONGEST = 120.0  # seconds until an errand counts as lost, waiting for a free worker included
REACHED = 10.0  # seconds in which the scheduler has to answer
AWAY = 60.0  # seconds until a cluster that failed is tried again
ATTEMPTS = 2  # a worker that is lost takes its errand with it: another goes
IN_FLIGHT = 32  # errands under way: most of them wait for a server


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One page to be fetched and read: frozen values only."""

    request: Request
    entry: Entry
    source: Source
    known: frozenset[int]  # lines that stand around every article of its host


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of an errand. No bytes of a page are in it: of a Page the body is empty."""

    answer: Answer | Unanswered | Outcome
    read: ReadArticle | WorkerFailure | None = None


class Away(Exception):
    """The cluster cannot be reached; its text is a sentence part for a person."""


@dataclass(slots=True)
class Cluster:
    """Sends errands to an executor, opened on the first of them; close it with `close`.

    join: gives the executor, called in a thread; raises Away. Whoever gave it closes it (`leave`).
    """

    join: Callable[[], Executor]
    leave: Callable[[], None] = lambda: None
    longest: float = LONGEST
    _executor: Executor | None = field(default=None, init=False)
    _joining: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _away_until: float = field(default=float("-inf"), init=False)

    async def run(self, errand: Errand) -> Brought | None:
        """What its workers made of it; None: nobody there could, so it is to be done here."""
        executor = await self._joined()
        if executor is None:
            return None
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                async with asyncio.timeout(self.longest):
                    return await asyncio.wrap_future(executor.submit(carry_out, errand))
            except TimeoutError:
                reason = f"nobody brought it within {self.longest:.0f} s"
                break
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                reason = "the cluster let go of it"
            except Exception as error:  # noqa: BLE001  (each executor has its own for a worker that is lost)
                reason = f"{type(error).__name__}: {error}"[:300]
        self._lost(reason)
        return None

    def close(self) -> None:
        """Leave the cluster; its workers go on."""
        self.leave()

    async def _joined(self) -> Executor | None:
        async with self._joining:
            if self._executor is None and asyncio.get_running_loop().time() >= self._away_until:
                try:
                    self._executor = await asyncio.to_thread(self.join)
                except (Away, OSError) as error:  # one that answered may be gone a moment later
                    self._lost(str(error) or type(error).__name__)
            return self._executor

    def _lost(self, reason: str) -> None:
        """Do without it for a while."""
        log.warning("cluster reason=%r pages='are read here for %.0f s'", reason, AWAY)
        self._executor = None
        self._away_until = asyncio.get_running_loop().time() + AWAY


@dataclass(slots=True)
class Trip:
    """One page's way: stands in for the fetcher's own sending, and keeps what was read on the way."""

    cluster: Cluster
    entry: Entry
    source: Source
    known: Callable[[str], frozenset[int]]  # of an address
    read: ReadArticle | WorkerFailure | None = field(default=None, init=False)

    async def __call__(self, request: Request) -> Answer | Unanswered | Outcome | None:
        """Send this request from some worker, and have its page read there."""
        known = self.known(str(request.hop.url))
        brought = await self.cluster.run(
            Errand(request=request, entry=self.entry, source=self.source, known=known)
        )
        if brought is None:
            return None
        self.read = brought.read
        return brought.answer


def cluster_at(address: str, *, patience: float = REACHED) -> Cluster:
    """A Dask cluster. address: `dask://host:port` of its scheduler, asked on the first errand.

    patience: seconds in which it has to answer.
    """
    if find_spec("distributed") is None:
        raise UsageError(f"workers: {address} needs Dask: pip install 'aiwatch[cluster]'")
    clients: list[Any] = []

    def leave() -> None:
        while clients:
            clients.pop().close()

    def join() -> Executor:
        leave()
        clients.append(_client(address, patience))
        if not clients[0].nthreads():
            raise Away(f"{address} has no workers")
        executor: Executor = clients[0].get_executor(pure=False)
        return executor

    return Cluster(join, leave)


def _client(address: str, patience: float) -> Any:
    from distributed import Client  # noqa: PLC0415  (an extra, and half a second to import)

    try:
        return Client(  # type: ignore[no-untyped-call]
            "tcp://" + address.removeprefix(SCHEME), timeout=patience, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise Away(f"{address} does not answer: {error}") from None


# ---------------------------------------------------------------- on a worker


class _Bench:
    """A worker's own wire and reading children, for every errand of its process."""

    def __init__(self) -> None:
        # Dask's nanny starts its workers as daemons, which may have no children. Ours end when their channel does.
        multiprocessing.current_process().daemon = False
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._client = open_client(user_agent="aiwatch")
        self._workers = Workers(1)
        # Before the process waits for its children at its end, which are ours: atexit would come after that.
        Finalize(None, self.close, exitpriority=100)

    async def carry_out(self, errand: Errand) -> Brought:
        answer = await send(self._client, errand.request)
        if isinstance(answer, Unanswered) or answer.status in REDIRECTS:
            return Brought(answer=answer)
        outcome = judged(errand.request, answer)
        if not isinstance(outcome, Page):
            return Brought(answer=outcome)
        read = await self._workers.run(
            article_of, errand.entry, errand.source, outcome, errand.known, deadline=SECONDS
        )
        return Brought(answer=replace(outcome, body=b""), read=read)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._workers.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


_first = threading.Lock()


@cache
def _bench() -> _Bench:
    return _Bench()


def carry_out(errand: Errand) -> Brought:
    """Fetch one page and read it, in a process of an executor. Many at a time, one from each of its threads."""
    with _first:
        bench = _bench()
    return asyncio.run_coroutine_threadsafe(bench.carry_out(errand), bench.loop).result()
