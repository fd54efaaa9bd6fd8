"""State tables are data that cannot contradict itself."""

from __future__ import annotations

import pytest

from signer_app.core.errors import ConflictError
from signer_app.core.states import Edge, StateTable

LAMP = StateTable(
    name="Lamp",
    initial="OFF",
    words={"OFF": "Off", "ON": "On", "BROKEN": "Broken"},
    edges=(
        Edge("OFF", "ON", "pressed"),
        Edge("ON", "OFF", "pressed"),
        Edge("ON", "BROKEN", "fell", "from high"),
    ),
    final=frozenset({"BROKEN"}),
)


def test_steps() -> None:
    assert LAMP.allows("OFF", "ON")
    assert not LAMP.allows("OFF", "BROKEN")
    assert not LAMP.allows("ON", "ON")
    assert LAMP.step("ON", "BROKEN") == "BROKEN"
    assert LAMP.step("BROKEN", "BROKEN") == "BROKEN"  # staying is no step


@pytest.mark.parametrize(("source", "target"), [("OFF", "BROKEN"), ("BROKEN", "ON"), ("OFF", "NOWHERE")])
def test_steps_that_no_edge_allows(source: str, target: str) -> None:
    with pytest.raises(ConflictError) as caught:
        LAMP.step(source, target)
    assert caught.value.code == "WRONG_STATE"
    assert caught.value.exit_code == 8


def test_the_refusal_speaks_in_words() -> None:
    with pytest.raises(ConflictError, match="Lamp: there is no way from Off to Broken"):
        LAMP.step("OFF", "BROKEN")


def test_tables_that_contradict_themselves_cannot_be_made() -> None:
    with pytest.raises(LookupError, match="without words"):
        StateTable("X", "A", {"A": "a"}, (Edge("A", "B", "e"),))
    with pytest.raises(LookupError, match="without words"):
        StateTable("X", "B", {"A": "a"}, ())
    with pytest.raises(LookupError, match="way out"):
        StateTable("X", "A", {"A": "a", "B": "b"}, (Edge("B", "A", "e"),), frozenset({"B"}))


def test_mermaid() -> None:
    assert LAMP.mermaid() == (
        "stateDiagram-v2\n"
        "    [*] --> OFF\n"
        "    OFF --> ON: pressed\n"
        "    ON --> OFF: pressed\n"
        "    ON --> BROKEN: fell [from high]\n"
        "    BROKEN --> [*]\n"
    )
