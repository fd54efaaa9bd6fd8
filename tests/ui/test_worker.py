"""The worker thread: one call at a time, answers and faults come back, closing waits for what has begun."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

from signer_app.core.errors import ConflictError, DeniedError
from signer_app.ui.loop import Tasks
from signer_app.ui.worker import Progress, Worker

Run = Callable[..., Any]


def test_calls_run_in_order_in_one_other_thread(run: Run) -> None:
    async def main() -> None:
        worker = Worker()
        threads: list[int] = []
        order: list[int] = []

        def work(number: int) -> int:
            threads.append(threading.get_ident())
            order.append(number)
            return number * 2

        jobs = [worker.call(lambda number=number: work(number)) for number in range(20)]  # type: ignore[misc]
        assert [await job for job in reversed(jobs)] == [number * 2 for number in reversed(range(20))]
        assert order == list(range(20))
        assert len(set(threads)) == 1
        assert threads[0] != threading.get_ident()
        await worker.close()

    run(main())


def test_what_a_call_raises_comes_back_and_the_next_one_runs(run: Run) -> None:
    async def main() -> None:
        worker = Worker()

        def fail() -> None:
            raise DeniedError("No.", code="POLICY_INACTIVE")

        with pytest.raises(DeniedError) as caught:
            await worker.call(fail)
        assert caught.value.code == "POLICY_INACTIVE"
        with pytest.raises(ZeroDivisionError):
            await worker.call(lambda: 1 // 0)
        assert await worker.call(lambda: "next") == "next"
        await worker.close()

    run(main())


def test_what_nobody_waits_for_any_more_is_no_complaint(run: Run) -> None:
    async def main() -> None:
        said: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context))
        worker, hold, begun = Worker(), threading.Event(), threading.Event()

        def fail() -> None:
            begun.set()
            hold.wait(20)
            raise DeniedError("No.", code="POLICY_INACTIVE")

        async def wait() -> None:
            await worker.call(fail)

        task = asyncio.get_running_loop().create_task(wait())
        await asyncio.to_thread(begun.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        hold.set()
        await worker.close()
        for _ in range(5):
            await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)
        assert said == []

    run(main())


def test_the_loop_lives_while_a_call_blocks(run: Run) -> None:
    async def main() -> None:
        worker, hold, begun = Worker(), threading.Event(), threading.Event()

        def block() -> str:
            begun.set()
            assert hold.wait(20)
            return "done"

        job = worker.call(block, name="Blocking")
        await asyncio.to_thread(begun.wait, 20)
        turns = 0
        for _ in range(50):
            await asyncio.sleep(0)
            turns += 1
        assert (turns, job.done, job.begun) == (50, False, True)
        assert worker.busy_with == ("Blocking",)
        hold.set()
        assert await job == "done"
        await worker.close()

    run(main())


def test_only_what_has_not_begun_can_be_cancelled(run: Run) -> None:
    async def main() -> None:
        worker, hold, begun = Worker(), threading.Event(), threading.Event()
        done: list[str] = []

        def first() -> None:
            begun.set()
            assert hold.wait(20)
            done.append("first")

        running = worker.call(first)
        waiting = worker.call(lambda: done.append("second"))
        await asyncio.to_thread(begun.wait, 20)
        assert not running.cancel()
        assert waiting.cancel()
        hold.set()
        await running
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await worker.call(lambda: "third") == "third"
        assert done == ["first"]
        await worker.close()

    run(main())


def test_a_page_that_goes_away_does_not_stop_what_has_begun(run: Run) -> None:
    async def main() -> None:
        worker, hold, begun = Worker(), threading.Event(), threading.Event()

        def work() -> str:
            begun.set()
            assert hold.wait(20)
            return "kept"

        job = worker.call(work)

        async def page() -> str:
            return await job

        failed: list[BaseException] = []
        tasks = Tasks(failed.append)
        task = tasks.spawn(page())
        await asyncio.to_thread(begun.wait, 20)
        tasks.cancel_all()
        await tasks.settle()
        assert task.cancelled()
        hold.set()
        assert await job == "kept"
        assert failed == []
        await worker.close()

    run(main())


def test_closing_cancels_what_waits_and_ends_with_the_last_word(run: Run) -> None:
    async def main() -> None:
        worker, hold, begun = Worker(), threading.Event(), threading.Event()
        done: list[str] = []

        def first() -> None:
            begun.set()
            assert hold.wait(20)
            done.append("first")

        running = worker.call(first)
        waiting = worker.call(lambda: done.append("second"))
        await asyncio.to_thread(begun.wait, 20)
        closing = asyncio.ensure_future(worker.close(lambda: done.append("last")))
        await asyncio.sleep(0)
        with pytest.raises(ConflictError):
            worker.call(lambda: None)
        hold.set()
        await asyncio.gather(running, closing)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert done == ["first", "last"]
        assert not worker.alive
        await worker.close()

    run(main())


def test_a_fault_of_the_last_word_is_heard_and_the_thread_ends(run: Run) -> None:
    async def main() -> None:
        worker = Worker()

        def last() -> None:
            raise OSError("disk")

        with pytest.raises(OSError, match="disk"):
            await worker.close(last)
        assert not worker.alive

    run(main())


def test_words_from_the_thread_arrive_in_the_loop(run: Run) -> None:
    async def main() -> None:
        worker = Worker()
        said: list[tuple[str, bool]] = []
        here = threading.get_ident()
        progress = Progress(lambda words: said.append((words, threading.get_ident() == here)))
        await worker.call(lambda: [progress(f"step {number}") for number in range(3)])
        await asyncio.sleep(0.01)
        assert said == [(f"step {number}", True) for number in range(3)]
        await worker.close()

    run(main())


def test_a_task_that_fails_is_reported_once(run: Run) -> None:
    async def main() -> None:
        failed: list[BaseException] = []
        tasks = Tasks(failed.append)

        async def fail() -> None:
            raise ValueError("x")

        tasks.spawn(fail())
        await tasks.settle()
        assert [type(error) for error in failed] == [ValueError]

    run(main())
