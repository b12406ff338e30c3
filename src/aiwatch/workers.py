"""CPU work on bytes from outside, in children that can be killed one by one.

feedparser and lexbor are quadratic on hostile markup, so no parse of foreign bytes runs in the main process. A pebble
pool holds the children: none before the first job, sent home when there is no work. They are never forked from the main
process, which holds locks and a database, but from a server of multiprocessing's that holds nothing (`forkserver`): it
imports what reads feeds and pages once, so that a child is there in 20 ms where a spawned one computed for 0.3 s, and
the next pool of the same process finds it ready. It ends with the main process, however that ends.

Three limits, each held by the kernel inside the child, so that they work in the midst of C code:
CPU time (SIGPROF), memory (RLIMIT_DATA: heap and private mappings, which is what a parse grows; RLIMIT_AS: the whole
address space, libraries included), and a wall clock in the main process for what neither computes nor ends.
"""

import asyncio
import ctypes
import os
import pickle
import resource
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, auto
from itertools import chain
from multiprocessing.context import ForkServerContext
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    import multiprocessing.synchronize

    import pebble

T = TypeVar("T")

MOST_CHILDREN = (
    2  # of 40 MB each: enough for a hundred pages a second, and all together stay under 250 MB
)
TASKS = 300  # jobs of one child before a fresh one takes its place
IDLE = 60.0  # seconds without a job after which the children go home
# What children need: imported once, by the server that they are forked from.
_READ_FIRST = (
    "aiwatch.workers",
    "aiwatch.sources",
    "aiwatch.sources.feed",
    "aiwatch.text.article",
    "aiwatch.text.reading",
    "aiwatch.text.early",
)
START_UP = 30.0  # seconds a child may take to be there, on a busy machine
# Bytes of heap per child, 26 MB of imports included: enough for feeds of 13 MB in 300 items and of 11 MB in 17,000
# (21,000 are over it), and for a 13 MB page, which takes 99.
MEMORY = 128 * 1024 * 1024
LARGE = (
    1024 * 1024
)  # bytes of input above which jobs run one at a time: their memory is many times their size
ADDRESS_SPACE = 1024**3
SPENT = 75  # exit code of a child that a large job has worn out
ORPHANED = 255  # what multiprocessing says of a child whose server was killed, as by a signal to the whole group


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFailure:
    """A job that gave nothing; `reason` is one sentence part for a person."""

    reason: str


class _Again(Enum):
    """The job is to be tried again."""

    LOST = auto()  # its child was killed by somebody
    SPENT = auto()  # its child left, as a large job before had worn it out


class _Spawning(ForkServerContext):
    """Keeps the locks that it made for as long as somebody keeps it.

    pebble 5.2 lets them go before it ends its children, and one that is just starting then finds none and says so on
    stderr (39 of 120 short programs on a busy machine).
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_forkserver_preload(list(_READ_FIRST))
        self._kept: list[multiprocessing.synchronize.RLock] = []

    def RLock(self) -> "multiprocessing.synchronize.RLock":  # noqa: N802  (its name in multiprocessing)
        lock = super().RLock()
        self._kept.append(lock)
        return lock


_SENT_HOME = WorkerFailure(reason="the workers were sent home before it was done")


@dataclass(frozen=True, slots=True)
class _Returned:
    """What crosses back from a child: the value pickled there, where trouble with that can still be told."""

    packed: bytes = b""
    error: str | None = None


class Workers:
    """Runs module-level functions on frozen values in killable children; one per event loop.

    children: at most this many, by default one per processor up to two. memory: bytes of heap for each.
    """

    def __init__(
        self, children: int | None = None, *, memory: int = MEMORY, idle: float = IDLE
    ) -> None:
        self._children = children or min(os.cpu_count() or 1, MOST_CHILDREN)
        self._memory = memory
        self._idle = idle
        self._free = asyncio.Semaphore(self._children)
        self._large = asyncio.Semaphore(1)
        self._pool: pebble.ProcessPool | None = None
        self._begun: asyncio.Future[None] | None = None  # the pool's start
        self._spawning = _Spawning()
        self._busy = 0
        self._closed = False
        self._awaited: set[asyncio.Future[_Returned]] = set()
        self._going_home: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def run(
        self, function: Callable[..., T], *args: object, deadline: float
    ) -> T | WorkerFailure:
        """The function's value, or why there is none.

        deadline: seconds of CPU; four times as long on the clock. A child lost to somebody else's signal is
        replaced and its job tried once more.
        """
        async with self._alone() if _size(args) > LARGE else nullcontext(), self._free:
            self._busy += 1
            self._stay()
            try:
                return await self._tried(function, args, deadline)
            finally:
                self._busy -= 1
                self._go_home_later()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One large job at a time."""
        async with self._large:
            try:
                yield
            finally:
                _hand_memory_back()

    def close(self) -> None:
        """End every child, busy or not, for good; what still runs comes back as a failure."""
        self._closed = True
        for awaited in self._awaited:
            awaited.cancel()
        self._send_home()

    async def _tried(
        self, function: Callable[..., T], args: tuple[object, ...], deadline: float
    ) -> T | WorkerFailure:
        lost = 0
        while lost < 2:
            result = await self._once(function, args, deadline)
            if result is _Again.LOST:
                lost += 1
            elif result is not _Again.SPENT:
                return result
        return WorkerFailure(reason="the worker was killed from outside, twice")

    async def _once(
        self, function: Callable[..., T], args: tuple[object, ...], deadline: float
    ) -> T | WorkerFailure | _Again:
        if self._closed:
            return _SENT_HOME
        pool = await self._ready()
        if self._closed:
            return _SENT_HOME
        from pebble import ProcessExpired  # noqa: PLC0415 - imported just now

        wall = 4 * deadline
        # pebble's scheduler holds on to the last job it saw: emptied below, it holds on to nothing.
        job: list[object] = [function, args, deadline, self._memory]
        try:
            future = pool.schedule(_limited, args=job, timeout=wall)
            returned = await self._awaiting(asyncio.wrap_future(future), START_UP + wall)
        except TimeoutError as late:
            _forget_frames(late)
            return WorkerFailure(reason=f"not done after {wall:.3g} s")
        except ProcessExpired as expired:
            _forget_frames(expired)
            return _expiry(expired.exitcode, deadline)
        except (BrokenExecutor, RuntimeError):
            self._discard(pool)  # an idle child was killed: pebble then gives the whole pool up
            return _Again.LOST
        finally:
            job.clear()
        if returned is None:
            return self._unfinished(pool)
        if returned.error is not None:
            return WorkerFailure(reason=returned.error)
        return pickle.loads(returned.packed)  # type: ignore[no-any-return]  # noqa: S301  (our own child's)

    def _unfinished(self, pool: "pebble.ProcessPool") -> WorkerFailure | _Again:
        if self._closed:
            return _SENT_HOME
        self._discard(pool)  # the job vanished with a child, between being taken and announced
        return _Again.LOST

    async def _awaiting(
        self, awaited: asyncio.Future[_Returned], seconds: float
    ) -> _Returned | None:
        """What a child returns; None when `close` or our own clock ended the wait."""
        self._awaited.add(awaited)
        try:
            done, _ = await asyncio.wait({awaited}, timeout=seconds)
            return awaited.result() if done and not awaited.cancelled() else None
        finally:
            self._awaited.discard(awaited)
            awaited.cancel()  # when we are cancelled ourselves: pebble then ends the child

    async def _ready(self) -> "pebble.ProcessPool":
        """The pool, with its children there.

        They are started beside the loop, which stood still for it: the first comes when its server has imported what it
        needs (0.4 s; 2 to 3 on a busy machine).
        """
        if self._pool is None:
            self._pool = self._made()
            self._begun = asyncio.ensure_future(asyncio.to_thread(_begin, self._pool))
        pool, begun = self._pool, self._begun
        if begun is not None:
            try:
                await asyncio.shield(begun)
            except Exception:
                self._discard(pool)  # the next job begins anew
                raise
        return pool

    def _made(self) -> "pebble.ProcessPool":
        import pebble  # noqa: PLC0415 - by the first job: a pass that finds nothing new has none

        # How long it waits for a child to end by itself: idle ones do at once, and busy ones are to be killed.
        pebble.CONSTS.term_timeout = 0.3
        self._spawning = _Spawning()
        return pebble.ProcessPool(
            max_workers=self._children,
            max_tasks=TASKS,
            initializer=_settle_in,
            context=self._spawning,
        )

    def _discard(self, pool: "pebble.ProcessPool") -> None:
        if self._pool is pool:
            self._send_home()

    def _send_home(self) -> None:
        self._stay()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _stay(self) -> None:
        if self._going_home is not None:
            self._going_home.cancel()
            self._going_home = None

    def _go_home_later(self) -> None:
        if not self._busy and self._pool is not None:
            loop = asyncio.get_running_loop()
            self._going_home = loop.call_later(self._idle, self._send_home)


def _begin(pool: "pebble.ProcessPool") -> None:
    """Whoever asks whether it is active starts it."""
    _ = pool.active


def _forget_frames(error: BaseException) -> None:
    """Its future keeps the error, and its frames the future and the job: megabytes, until some collection."""
    error.__traceback__ = None


def _size(args: tuple[object, ...]) -> int:
    """Bytes and characters that these values carry, looking one level into dataclasses."""
    inner = (
        getattr(value, field.name)
        for value in args
        if is_dataclass(value)
        for field in fields(value)
    )
    return sum(len(part) for part in chain(args, inner) if isinstance(part, bytes | str))


def _expiry(code: int, deadline: float) -> WorkerFailure | _Again:
    """What a child's exit code says; negative is the signal that ended it."""
    if code == -signal.SIGPROF:
        return WorkerFailure(reason=f"over its {deadline:.3g} s of computing time")
    if code == SPENT:
        return _Again.SPENT
    if code in (ORPHANED, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        return _Again.LOST
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return WorkerFailure(reason=f"the worker crashed on it ({how})")


# ---------------------------------------------------------------- inside a child

_worn = Event()
"""Set after a large job: what it leaves in pieces on the heap counts against the next one's memory."""


def _settle_in() -> None:
    """Leave signals meant for the whole group to the main process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(what: int, amount: int) -> None:
    """Set the soft limit, as far as the hard one allows."""
    _, most = resource.getrlimit(what)
    unlimited = most == resource.RLIM_INFINITY
    within = amount if unlimited or (amount != resource.RLIM_INFINITY and amount <= most) else most
    resource.setrlimit(what, (within, most))


def _limited(
    function: Callable[..., Any], args: tuple[object, ...], seconds: float, memory: int
) -> _Returned:
    """Run a job against the CPU clock and the memory limit; every exception becomes words.

    The limits hold for the job alone: a child that could not even receive its next job would take it to its grave.
    """
    if _worn.is_set():
        os._exit(
            SPENT
        )  # a fresh child does this job; here no channel is held, as the job was announced
    signal.setitimer(signal.ITIMER_PROF, seconds)
    _limit(resource.RLIMIT_DATA, memory)
    try:
        return _Returned(pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL))
    except MemoryError:
        return _Returned(error="over its memory")
    except Exception as error:  # noqa: BLE001  (whatever hostile bytes bring about is told, not raised)
        return _Returned(error=f"{type(error).__name__}: {error}"[:300])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _limit(resource.RLIMIT_DATA, resource.RLIM_INFINITY)
        if _size(args) > LARGE:
            del args
            _worn.set()
            _hand_memory_back()


def _hand_memory_back() -> None:
    """glibc keeps what a large job freed (90 MB after a 13 MB page) unless asked; elsewhere there is no such call."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
