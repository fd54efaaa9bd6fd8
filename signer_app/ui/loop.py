"""Qt's event loop as the loop of asyncio. The only module that knows qasync.

A dialog inside a coroutine is shown with ask(). Nested loops (the blocking call of dialogs and menus) are
used nowhere in this room: tasks that become ready inside one are lost for ever (qasync issues 82, 174).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from qasync import QEventLoop

from signer_app.core.errors import CountersignError
from signer_app.ui.qt import QtWidgets

T = TypeVar("T")


def make_loop(app: QtWidgets.QApplication) -> asyncio.AbstractEventLoop:
    """An asyncio loop that runs on Qt's."""
    loop: asyncio.AbstractEventLoop = QEventLoop(app)
    return loop


def run(app: QtWidgets.QApplication, main: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run ``main`` to its end; tasks that are left are cancelled and awaited."""
    app.setQuitOnLastWindowClosed(False)  # else the last closed dialog would end the loop under ``main``
    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
        return runner.run(main())


async def ask(dialog: QtWidgets.QDialog) -> int:
    """Show a window-modal dialog and wait for its result code, while everything else goes on.

    The dialog is deleted afterwards; take values out of it in a slot of ``accepted`` or keep them outside.
    Cancelling the waiting task closes the dialog.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finished(code: int) -> None:
        if not answer.done():
            answer.set_result(code)

    dialog.finished.connect(finished)
    dialog.open()
    try:
        return await answer
    finally:
        if not answer.done() or answer.cancelled():
            dialog.close()
        dialog.deleteLater()


def _nobody(_error: BaseException) -> None:
    return None


@dataclass(slots=True)
class _Ear:
    """Hears of every fault of the program, however a view shows it (on_unhandled)."""

    fault: Callable[[BaseException], None] = _nobody


_ear = _Ear()


class Tasks:
    """Tasks of one view. They end with it: cancel_all() in its close or lock."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        """``failed`` is told of an exception that ended a task."""
        self._failed = failed
        self._tasks: set[asyncio.Task[object]] = set()

    def spawn(self, work: Coroutine[object, object, object]) -> asyncio.Task[object]:
        """Start ``work`` now; it is held until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)
            if not isinstance(error, CountersignError):
                _ear.fault(error)

    def cancel_all(self) -> None:
        """Cancel what runs; its cleanup follows in the loop."""
        for task in tuple(self._tasks):
            task.cancel()

    async def settle(self) -> None:
        """Wait until every task has ended, however it ends."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))
            await asyncio.sleep(0)


def on_unhandled(
    report: Callable[[BaseException], None], fault: Callable[[BaseException], None]
) -> Callable[[], None]:
    """To be called in the running loop; what is returned ends it. ``report`` gets what nobody caught:
    exceptions of slots, of the loop, of other threads, and of what Python itself calls, such as a finalizer.
    ``fault`` gets what ended a task of a view that says so itself. Both are called in the loop's thread.
    """
    loop = asyncio.get_running_loop()
    before = sys.excepthook, threading.excepthook, sys.unraisablehook, _ear.fault

    def anywhere(error: BaseException | None) -> None:
        if error is not None and not isinstance(error, SystemExit):
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(report, error)

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error)

    def end() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook, _ear.fault = before
        loop.set_exception_handler(None)

    sys.excepthook, _ear.fault = hook, fault
    threading.excepthook = lambda args: anywhere(args.exc_value)
    sys.unraisablehook = lambda found: anywhere(found.exc_value)
    loop.set_exception_handler(lambda _loop, context: anywhere(context.get("exception", RuntimeError())))
    return end


def on_stop(act: Callable[[], object]) -> None:
    """Run ``act`` when the system or a terminal asks the program to end. Windows closes windows instead."""
    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, act)


async def first(*waiting: Awaitable[object]) -> None:
    """Wait until one of several has ended; the others are cancelled."""
    tasks = [asyncio.ensure_future(item) for item in waiting]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
