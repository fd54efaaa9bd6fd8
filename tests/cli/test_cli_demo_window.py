"""After the rehearsal: whether the window opens, on which workspace, and that its ledger can start again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from offices import run_here

from signer_app.cli.demo import command, story
from signer_app.cli.demo.actors import StepError
from signer_app.cli.demo.stage import set_stage
from signer_app.core.display import has_display, somebody_looks
from signer_app.practice.processes import program
from signer_app.workspace.practising import place_of, start_place

X11 = {"DISPLAY": ":0"}


def test_a_rehearsal_that_went_wrong_is_an_error_with_its_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scenes are those of the story; the third of these is not right."""

    def wrong() -> list[str]:
        raise StepError("expected one payment, found none")

    acts = [("One", lambda: ["seen"]), ("Two", lambda: ["read"]), ("Three", wrong), ("Four", wrong)]
    monkeypatch.setattr(story, "scenes", lambda _stage, _fault: acts)
    answer = run_here("--json", "--workspace", str(tmp_path / "kept"), "demo", "--headless")
    said = json.loads(answer.out)
    assert (answer.exit_code, said["ok"], said["error"]["code"]) == (6, False, "REHEARSAL_FAILED")
    steps = [(step["name"], step["ok"]) for step in said["result"]["steps"]]
    assert steps == [("One", True), ("Two", True), ("Three", False)]
    shown = run_here("--workspace", str(tmp_path / "again"), "demo", "--headless")
    assert shown.exit_code == 6
    assert "2 of 3 steps are right." in shown.out
    monkeypatch.setattr(story, "scenes", lambda _stage, _fault: acts[:2])
    good = run_here("--json", "--workspace", str(tmp_path / "good"), "demo", "--headless")
    assert (good.exit_code, json.loads(good.out)["ok"]) == (0, True)


@pytest.mark.parametrize("environment", [X11, {"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "xcb"}])
def test_a_person_with_a_display_sees_the_window(environment: dict[str, str]) -> None:
    assert command.opens_window(
        environment, terminal=True, headless=False, as_json=False, good=True, platform="linux"
    )


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (X11, {"headless": True}),
        (X11, {"terminal": False}),
        (X11, {"as_json": True}),
        (X11, {"good": False}),
        ({}, {}),
        ({"QT_QPA_PLATFORM": "offscreen", **X11}, {}),
        ({"QT_QPA_PLATFORM": "minimal:x"}, {}),
    ],
)
def test_everybody_else_sees_none(environment: dict[str, str], changes: dict[str, bool]) -> None:
    usual = {"terminal": True, "headless": False, "as_json": False, "good": True}
    assert not command.opens_window(environment, **{**usual, **changes}, platform="linux")


def test_a_copy_without_the_window_opens_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "has_window", lambda: False)
    assert not command.opens_window(X11, terminal=True, headless=False, as_json=False, good=True)


def test_displays() -> None:
    assert not has_display({}, "linux")
    assert has_display({}, "darwin")
    assert has_display({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert not somebody_looks({}, terminal=False, platform="win32")
    assert somebody_looks({}, terminal=True, platform="win32")


def test_the_window_is_the_program_on_that_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[list[str]] = []

    def ran(arguments: list[str], *, check: bool) -> None:
        assert check is False
        started.append(arguments)

    monkeypatch.setattr(subprocess, "run", ran)
    command.show_window(tmp_path / "workspaces" / "bob")
    assert started == [[*program(), "--workspace", str(tmp_path / "workspaces" / "bob")]]


def test_the_ledger_of_a_rehearsal_starts_again_where_it_was(tmp_path: Path) -> None:
    with set_stage(tmp_path) as stage:
        before = [str(endpoint["http"]) for endpoint in stage.endpoints]
    assert place_of(tmp_path / "workspaces" / command.LOOKER) == tmp_path.resolve()
    again = start_place(tmp_path)
    try:
        (network,) = again.ready["networks"]  # type: ignore[misc]
        assert [str(endpoint["http"]) for endpoint in network["endpoints"]] == before  # type: ignore[index,call-overload,union-attr]
    finally:
        again.close()
