"""Faults of the program: each report is shown, from whatever thread it came, and holds nothing secret."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from room import cramped, nameless
from window_help import PASSPHRASE, Run, closed, until

from signer_app.core.errors import NodeError
from signer_app.ui.crash import redacted, report_of_end
from signer_app.ui.loop import Tasks, on_unhandled
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.crash import CrashDialog
from signer_app.ui.shell.help import HelpDialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.traces import Traces

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def shown(settings: ViewSettings) -> Iterator[MainWindow]:
    """A window whose hooks are those of the program."""
    window = MainWindow(settings)
    window.show()
    end = on_unhandled(window.tasks_failed, window.reports.fault)
    try:
        yield window
    finally:
        end()


async def report_in(window: MainWindow) -> CrashDialog:
    """The dialog with a report."""
    await until(lambda: isinstance(window.dialogs.current, CrashDialog))
    assert isinstance(window.dialogs.current, CrashDialog)
    return window.dialogs.current


async def no_dialog(window: MainWindow) -> None:
    """None, and none that comes a moment later."""
    await until(lambda: window.dialogs.current is None)
    await asyncio.sleep(0.5)
    assert window.dialogs.current is None


def test_reports_wait_for_the_open_dialog_and_each_is_shown_once(
    run: Run[None], look: Theme, settings: ViewSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def main() -> None:
        with shown(settings) as window:
            window.actions_.trigger("help")
            await until(lambda: isinstance(window.dialogs.current, HelpDialog))
            help_ = window.dialogs.current
            assert help_ is not None
            for error in (ValueError("violet"), KeyError("violet"), ValueError("anchor"), NodeError("No.")):
                window.tasks_failed(error)
            await asyncio.sleep(0.05)
            assert window.dialogs.current is help_, "one dialog at a time"
            help_.reject()
            found = []
            for _ in range(2):
                dialog = await report_in(window)
                found.append(dialog.report.splitlines()[-1])
                dialog.accept()
                await until(lambda dialog=dialog: window.dialogs.current is not dialog)
            assert found == ["builtins.ValueError", "builtins.KeyError"]
            await no_dialog(window)
        await closed(window)

    run(main())
    said = capsys.readouterr().err
    assert said.count("builtins.ValueError") == said.count("builtins.KeyError") == 1
    assert "violet" not in said


def test_a_report_that_the_lock_takes_away_comes_again(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        with shown(settings) as window:
            await window.session.open(workspace_folder, bytearray(PASSPHRASE))
            window.tasks_failed(ValueError("violet"))
            before = await report_in(window)
            window.lock()
            await until(lambda: window.session.locked and window.dialogs.current is not before)
            again = await report_in(window)
            assert again.report == before.report
            again.reject()
            await no_dialog(window)
        await closed(window)

    run(main())


class Dropped:
    """What fails when it is forgotten."""

    def __del__(self) -> None:
        raise LookupError("violet")


def test_faults_of_threads_finalizers_the_loop_and_views_come_to_the_report(
    run: Run[None], look: Theme, settings: ViewSettings
) -> None:
    def fail(error: BaseException) -> None:
        raise error

    async def dies() -> None:
        raise OSError("violet")

    async def main() -> None:
        with shown(settings) as window:
            for cause, name in (
                (lambda: threading.Thread(target=fail, args=[ZeroDivisionError("violet")]).start(),
                 "ZeroDivisionError"),
                (Dropped, "LookupError"),
                (lambda: asyncio.get_running_loop().call_soon(fail, BufferError("violet")), "BufferError"),
                (lambda: Tasks(lambda _error: None).spawn(dies()), "OSError"),
            ):  # fmt: skip
                cause()
                dialog = await report_in(window)
                assert dialog.report.splitlines()[-1] == f"builtins.{name}"
                assert "test_reports.py:" in dialog.report
                assert "violet" not in dialog.report
                dialog.accept()
                await no_dialog(window)
        await closed(window)

    run(main())


# -- an end by the system ----------------------------------------------------------------------------------

WRITTEN = """Fatal Python error: Segmentation fault

Thread 0x00007f1c2ffff6c0 (most recent call first):
  File "/srv/alice/treasury/signer_app/ui/worker.py", line 101 in _run
  File "/usr/lib/python3.11/threading.py", line 982 in run

Current thread 0x00007f1c4e1b1040 (most recent call first):
  File "/srv/alice/.venv/lib/python3.11/site-packages/qasync/__init__.py", line 422 in run_forever
  File "/srv/alice/treasury/signer_app/ui/loop.py", line 33 in run
Qt cannot go on: no room for "violet" of 12500 in /srv/alice/x
violet anchor seven

Extension modules: shiboken6.Shiboken, PySide6.QtCore (total: 2)
"""


def test_the_report_of_an_end_has_places_and_no_paths() -> None:
    report = report_of_end(WRITTEN, datetime(2026, 11, 27, 9, 5, tzinfo=UTC))
    assert report.splitlines()[2:] == [
        "Ended: 2026-11-27 09:05",
        "",
        "Segmentation fault",
        "Thread:",
        "  signer_app/ui/worker.py:101 _run",
        "  threading.py:982 run",
        "Current thread:",
        "  qasync/__init__.py:422 run_forever",
        "  signer_app/ui/loop.py:33 run",
        'Qt cannot go on: no room for "…" of # in …',
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("QObject::connect: No such signal", "QObject::connect: No such signal"),
        ("Could not open file:///srv/alice/a.png", "Could not open …"),
        ("window 'Pay 100 to bob' at 0x55d0c8a0", 'window "…" at #'),
        ("for rQH95NrVRntE9zftsJvMdFR7tp1pJvd363", "for …"),
        ("two\nlines", "two lines"),
        ("C:\\Users\\alice is no folder", "… is no folder"),
    ],
)
def test_of_qts_words_nothing_is_kept_that_they_name(said: str, kept: str) -> None:
    assert redacted(said) == kept


def process(folder: Path, work: str) -> subprocess.CompletedProcess[str]:
    """A process whose end is traced."""
    program = (
        "import os, signal, sys, threading\n"
        "from pathlib import Path\n"
        "from signer_app.ui.qt import QtCore\n"
        "from signer_app.ui.traces import QtWords, Traces\n"
        "traces = Traces(Path(sys.argv[1]))\n"
        "traces.begin()\n"
        "QtWords(traces).listen()\n"
        f"{work}\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


def test_what_ends_the_process_leaves_a_private_trace_and_a_good_end_none(tmp_path: Path) -> None:
    folder = tmp_path / "ends"
    assert process(folder, "traces.end()").returncode == 0
    assert [*folder.iterdir()] == []
    assert process(folder, "os.kill(os.getpid(), signal.SIGSEGV)").returncode < 0
    fatal = process(folder, "QtCore.qWarning('at /srv/alice'); QtCore.qFatal('no screen for \"violet\"')")
    assert fatal.returncode < 0
    ends = "Qt cannot go on: [A qFatal() call was made from Python code]"  # the binding warns of the rest
    assert fatal.stderr.splitlines()[:3] == ["Qt warns: at …", 'Qt warns: no screen for "…"', ends]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    traces = Traces(folder)
    aborted, broken = traces.left().split("\n\nCountersign ")
    assert "Segmentation fault" in broken
    assert "Aborted" in aborted
    assert ends in aborted
    for secret in ("violet", "alice", str(ROOT), str(tmp_path)):
        assert secret not in aborted + broken
    traces.forget()
    assert [*folder.iterdir()] == []


def test_an_end_that_left_no_word_is_not_told_and_a_window_that_runs_is_left_alone(tmp_path: Path) -> None:
    killed = process(tmp_path / "ends", "os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == -9
    (silent,) = (tmp_path / "ends").iterdir()
    runs = tmp_path / "ends" / f"{os.getpid()}-1.txt"
    runs.touch()
    for number in range(7):
        (tmp_path / "ends" / f"1-{number}.txt").write_text("Fatal Python error: Bus error\n")
    traces = Traces(tmp_path / "ends")
    assert traces.left().count("Bus error") == 5, "the newest; nobody looked at the others"
    assert not silent.exists()
    traces.forget()
    assert [*(tmp_path / "ends").iterdir()] == [runs]
    assert Traces(tmp_path / "none").left() == ""


def test_where_no_trace_can_be_kept_the_window_works_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    traces = Traces(tmp_path / "file" / "ends")
    traces.begin()
    traces.write("nothing")
    assert traces.left() == ""
    traces.end()


def test_the_window_says_how_the_last_one_ended_until_the_report_is_deleted(
    run: Run[None], look: Theme, settings: ViewSettings, tmp_path: Path
) -> None:
    (tmp_path / "ends").mkdir()
    left = tmp_path / "ends" / "1-1.txt"
    left.write_text(WRITTEN)

    async def main() -> None:
        with shown(settings) as window:
            banner: Any = window.reports.banner
            window.reports.look_back(Traces(tmp_path / "none"))
            assert banner.isHidden()
            window.reports.look_back(Traces(tmp_path / "ends"))
            assert banner.isVisible()
            assert cramped(window) + nameless(window) == []
            for button in ("", "crash.delete"):
                banner.findChild(QtWidgets.QPushButton).click()
                dialog = await report_in(window)
                assert "signer_app/ui/worker.py:101 _run" in dialog.text.toPlainText()
                assert cramped(dialog) + nameless(dialog) == []
                if button:
                    dialog.findChild(QtWidgets.QPushButton, button).click()
                else:
                    dialog.reject()
                    await no_dialog(window)
                    assert banner.isVisible(), "whoever has not deleted it is told again"
                    assert left.exists()
            await no_dialog(window)
            assert banner.isHidden()
            assert not left.exists()
        await closed(window)

    run(main())
