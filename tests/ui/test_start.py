"""Starting: what opens the window, what is said without a display, one window for a workspace, its end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from scenes import SCENES, WINDOWS
from window_help import until

from signer_app.__main__ import wants_window
from signer_app.core.errors import CountersignError, UsageError
from signer_app.ui import preload, session, unlock
from signer_app.ui.app import Start, parse, require_display
from signer_app.ui.first_run import places, plan, practise
from signer_app.ui.garbage import Collector
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import QtCore
from signer_app.ui.single import LIMIT, PATH_LIMIT, Listener, hand_over, server_name, windows
from signer_app.ui.single import parse as parse_message
from signer_app.ui.theme import Theme
from signer_app.workspace.first_steps import Plan

ROOT = Path(__file__).parents[2]
Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["--workspace", "x"], True),
        (["--workspace=x", "--offline"], True),
        (["--read-only"], True),
        (["a.countersign", "b.countersign"], True),
        (["--help"], False),
        (["--version"], False),
        (["proposal", "list"], False),
        (["--workspace", "x", "journal", "show"], False),
        (["--json"], False),
        (["a.txt"], False),
    ],
)
def test_only_a_start_without_a_command_wants_the_window(arguments: list[str], window: bool) -> None:
    assert wants_window(arguments) is window


def test_what_the_window_is_started_with(monkeypatch: pytest.MonkeyPatch) -> None:
    given = parse(["--workspace", "w", "--offline", "a.countersign"])
    assert given == Start(Path("w"), (Path("a.countersign"),), True)
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", "v")
    assert parse([]).workspace == Path("v")
    with pytest.raises(UsageError):
        parse(["--colour"])


def test_without_a_display_it_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        require_display({}, "linux")
    assert caught.value.code == "DISPLAY_REQUIRED"
    for environment in ({"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "w"}, {"QT_QPA_PLATFORM": "offscreen"}):
        require_display(environment, "linux")
    require_display({}, "win32")


def test_the_real_program_without_a_display() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "signer_app"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("DISPLAY_REQUIRED: ")
    assert "needs a display" in done.stderr
    assert "countersign --help" in done.stderr


def test_the_real_program_opens_takes_files_and_a_second_start_ends(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "signer_app", "--workspace", str(tmp_path / "one")]
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 60
        while not hand_over(server_name(tmp_path / "one"), []):
            assert first.poll() is None
            assert time.monotonic() < end
        second = subprocess.run(
            [*command, "a.countersign"], cwd=ROOT, env=environment, timeout=60, check=False
        )
        assert second.returncode == 0
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()


def test_the_rooms_below_load_after_the_first_paint(tmp_path: Path) -> None:
    """Nobody unlocked anything: the database is there when somebody does."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "signer_app", "--workspace", str(tmp_path / "one")]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as window:
        try:
            end = time.monotonic() + 60
            while "/sqlcipher3/" not in libraries(window.pid):
                assert window.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
        finally:
            window.kill()


def test_who_comes_while_the_rooms_load_waits(tmp_path: Path) -> None:
    """Two threads that import one package from its two ends lock each other out; a quick unlock met that."""

    def ask() -> None:
        with contextlib.suppress(CountersignError):  # there is nothing in the folder
            session._open(tmp_path, bytearray(b"words"), session.Seat().desk(str), False)

    asking = threading.Thread(target=ask)
    with preload._ONE_AT_A_TIME:
        asking.start()
        asking.join(0.3)
        assert asking.is_alive()
    asking.join(60)
    assert not asking.is_alive()


@pytest.mark.parametrize(
    ("room", "work"),
    [
        (session, lambda: session._open(Path("nowhere"), bytearray(), session.Seat().desk(str), False)),
        (unlock, lambda: unlock._check_journal(Path("nowhere"))),
        (places, lambda: places.Places()._start(Path("nowhere"))),
        (practise, lambda: practise._make_place(Path("nowhere"), Mock(), threading.Event())),
        (plan, lambda: plan._measure("testnet")),
        (plan, lambda: plan._make_workspace(Plan(), bytearray(), bytearray(), None)),
    ],
    ids=["opening", "verifying", "going on practising", "practising", "measuring", "making"],
)
def test_every_thread_that_may_come_first_has_the_rooms_loaded(
    room: ModuleType, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def loading() -> None:
        raise InterruptedError

    monkeypatch.setattr(room, "load_rooms", loading)
    with pytest.raises(InterruptedError):
        work()


def libraries(pid: int) -> str:
    """The files that a process has loaded."""
    return Path(f"/proc/{pid}/maps").read_text()


def test_files_of_a_second_start_arrive(run: Run, look: Theme, tmp_path: Path) -> None:
    async def main() -> None:
        name = server_name(tmp_path)
        listener = Listener(name)
        assert listener.listening
        received: list[list[Path]] = []
        listener.received.connect(received.append)
        program = (
            "import sys, pathlib; from signer_app.ui.single import hand_over; "
            "sys.exit(not hand_over(sys.argv[1], [pathlib.Path(sys.argv[2])]))"
        )
        second = await asyncio.to_thread(
            subprocess.Popen, [sys.executable, "-c", program, name, str(tmp_path / "a.countersign")], cwd=ROOT
        )
        await until(lambda: received and second.poll() is not None)
        assert received == [[tmp_path / "a.countersign"]]
        assert second.returncode == 0
        listener.close()

    run(main())


def test_nobody_listens(tmp_path: Path, look: Theme) -> None:
    assert not hand_over(server_name(tmp_path / "nobody"), [])
    assert server_name(tmp_path) != server_name(None)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder for sockets that only this test uses."""
    with tempfile.TemporaryDirectory(prefix="cs-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_a_start_that_names_no_workspace_finds_the_open_window(
    run: Run, look: Theme, runtime: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        listener = Listener(server_name(tmp_path / "northgate"))
        received: list[list[Path]] = []
        listener.received.connect(received.append)
        environment = {
            **os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-m", "signer_app", "a.countersign"]
        second = await asyncio.to_thread(subprocess.Popen, command, cwd=tmp_path, env=environment)
        try:
            await until(lambda: received and second.poll() is not None, 60)
        finally:
            second.kill()
        assert second.returncode == 0
        assert received == [[tmp_path / "a.countersign"]]
        listener.close()
        assert not windows()

    run(main())


def test_a_window_also_listens_for_the_workspace_that_it_opened(
    run: Run, look: Theme, runtime: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        listener, other = Listener(server_name(None)), Listener(server_name(tmp_path / "of-another"))
        received: list[list[Path]] = []
        for one in (listener, other):
            one.received.connect(received.append)
        listener.also(tmp_path / "opened")
        listener.also(tmp_path / "opened")
        listener.also(tmp_path / "of-another")
        assert len(windows()) == 3
        assert hand_over(server_name(tmp_path / "opened"), [])
        await until(lambda: received)
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert received == [[]], "a look whether somebody is there names nothing and raises no window"
        listener.close()
        other.close()
        assert not windows()

    run(main())


def test_sockets_lie_where_nobody_else_comes(look: Theme, runtime: Path, tmp_path: Path) -> None:
    name = server_name(tmp_path)
    listener = Listener(name)
    assert windows() == [name]
    assert len(os.fsencode(name)) <= PATH_LIMIT
    assert stat.S_IMODE(Path(name).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(name).stat().st_mode) & 0o077 == 0
    listener.close()


def test_a_folder_of_others_is_not_used(
    look: Theme, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / "countersign").mkdir(mode=0o755)
    fallback = runtime / f"countersign-{os.getuid()}"
    assert Path(server_name(tmp_path)).parent == fallback, "others may enter the first"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / ("long" * 30)))
    assert Path(server_name(tmp_path)).parent == fallback, "too long for a socket"
    fallback.rmdir()
    (runtime / "elsewhere").mkdir(mode=0o700)
    fallback.symlink_to(runtime / "elsewhere")
    assert server_name(tmp_path) == ""
    assert windows() == []
    assert not Listener(server_name(tmp_path)).listening
    assert not hand_over(server_name(tmp_path), [])


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"\xff", b'"x"', b"[1, null]", b'["a\\u0000b"]', b"[" * (LIMIT + 1)]
)
def test_a_message_of_nonsense_names_no_file(data: bytes) -> None:
    assert parse_message(data) == []


def test_what_is_settled_is_not_looked_at_again(run: Run, look: Theme) -> None:
    async def main() -> None:
        collector = Collector()
        before, after = [[1]], [[2]]
        assert any(item is before for item in gc.get_objects())
        del after
        collector.settle()
        after = [[2]]
        assert not any(item is before for item in gc.get_objects())
        assert any(item is after for item in gc.get_objects())
        collector.stop()
        gc.disable()

    run(main())


def test_garbage_goes_in_the_thread_of_the_window(run: Run, look: Theme) -> None:
    class Knot(QtCore.QObject):
        pass

    async def main() -> None:
        collector = Collector()
        assert not gc.isenabled()
        where: list[int] = []
        knot = Knot()
        knot.itself = knot  # type: ignore[attr-defined]
        weakref.finalize(knot, lambda: where.append(threading.get_ident()))
        del knot

        def allocate() -> None:
            for _ in range(20):
                [[] for _ in range(5000)]

        thread = threading.Thread(target=allocate)
        thread.start()
        thread.join()
        assert where == []
        kept = [[] for _ in range(5000)]  # type: ignore[var-annotated]
        collector.collect()
        gc.collect()
        assert where == [threading.get_ident()]
        assert len(kept) == 5000
        collector.stop()
        assert gc.isenabled()
        gc.disable()

    run(main())


def test_the_pictures_are_there_and_small() -> None:
    pictures = sorted((ROOT / "docs" / "screenshots").glob("*.png"))
    names = {path.stem for path in pictures}
    looks = ("light", "dark", "light-small", "dark-small")
    wanted = {f"{page}-{look}" for page in ("unlock", *PAGES) for look in looks}
    wanted |= {
        f"{scene}-{look}"
        for scene in ("read-file", "first-run", "plan", *SCENES)
        for look in ("light", "dark-small")
    }
    wanted |= {f"{window}-{look}" for window in ("gallery", *WINDOWS) for look in ("light", "dark")}
    assert names == wanted
    assert all(path.stat().st_size < 128 * 1024 for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 4.5 * 1024 * 1024
