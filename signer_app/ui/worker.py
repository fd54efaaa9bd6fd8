"""One thread in which the blocking services of a workspace run, one call at a time (decision 0003).

A call is a Job. It waits its turn, runs, and its answer or its exception comes back to the loop that paints
the window. A job that has not begun can be cancelled; one that has begun runs to its end, because the order
of its steps is the safety of this program.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from signer_app.core.errors import ConflictError
from signer_app.ui.words import strings

T = TypeVar("T")


class Job(Generic[T]):
    """A call on its way. ``await job`` gives its answer or raises what it raised."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        """``name`` says what is awaited, for the window and for a person ("Reading 3 accounts")."""
        self.name = name
        self._work = work
        self._future: Future[T] = Future()

    def cancel(self) -> bool:
        """Take it out of the row. False if it has begun or ended: then only waiting helps."""
        return self._future.cancel()

    @property
    def begun(self) -> bool:
        """Whether it runs now or has ended."""
        return self._future.running() or self._future.done()

    @property
    def done(self) -> bool:
        """Whether there is an answer, an exception or a cancellation."""
        return self._future.done()

    def __await__(self) -> Generator[object, None, T]:
        # Shielded: a page that goes away must not look as if it had stopped work that goes on.
        inner = asyncio.wrap_future(self._future)
        # Whoever waits may be gone by then, and nobody else would ask what came of it.
        inner.add_done_callback(_seen)
        return asyncio.shield(inner).__await__()

    def run(self) -> None:
        """In the worker's thread: do the work and keep what came of it."""
        if not self._future.set_running_or_notify_cancel():
            return
        try:
            answer = self._work()
        except BaseException as error:  # noqa: BLE001 - the root of this thread: it goes to who awaits
            self._future.set_exception(error)
        else:
            self._future.set_result(answer)


def _seen(future: asyncio.Future[T]) -> None:
    if not future.cancelled():
        future.exception()


class _Entry(Protocol):
    """A job of any answer, as the row sees it."""

    name: str

    @property
    def done(self) -> bool: ...

    def run(self) -> None: ...

    def cancel(self) -> bool: ...


class Worker:
    """The thread of one workspace. Make it in the loop's thread; close() ends it after what it does now."""

    def __init__(self, name: str = "workspace") -> None:
        self._jobs: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._waiting: set[_Entry] = set()
        self._closed = False
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"countersign-{name}", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], T], *, name: str = "") -> Job[T]:
        """Put a call at the end of the row. ConflictError after close()."""
        job = Job(work, name)
        with self._guard:
            if self._closed:
                raise ConflictError("The workspace was closed.")
            self._waiting.add(job)
            self._jobs.put(job)
        return job

    @property
    def busy_with(self) -> tuple[str, ...]:
        """Names of what runs and waits, for the status bar and for closing."""
        with self._guard:
            return tuple(job.name for job in self._waiting if not job.done)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            with self._guard:
                self._waiting.discard(job)

    async def close(self, last: Callable[[], None] | None = None) -> None:
        """Cancel what has not begun, run ``last`` in the thread (closing the workspace), and end the thread.

        What ``last`` raises is raised here, after the thread has ended. A second close does nothing.
        """
        with self._guard:
            if self._closed:
                return
            self._closed = True
            for job in self._waiting:
                job.cancel()
            final = Job(last or _nothing, strings.CLOSING)
            self._jobs.put(final)
            self._jobs.put(None)
        try:
            await final
        finally:
            await asyncio.to_thread(self._thread.join)

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()


def _nothing() -> None:
    return None


class Progress:
    """Words from inside a job, shown in the loop's thread. Call it in any thread; the newest words win."""

    def __init__(self, show: Callable[[str], None]) -> None:
        """Make it in the loop's thread; ``show`` is called there."""
        self._loop = asyncio.get_running_loop()
        self._show = show

    def __call__(self, words: str) -> None:
        """Say what is done now. After the loop has ended nobody listens, and that is no fault."""
        try:
            self._loop.call_soon_threadsafe(self._show, words)
        except RuntimeError:
            return


__all__ = ["Job", "Progress", "Worker"]
