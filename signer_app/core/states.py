"""State tables: states, edges and guards as data, drawn as Mermaid in the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signer_app.core.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed step. ``guard`` says in words what must hold; the owner of the table enforces it."""

    source: str
    target: str
    event: str
    guard: str = ""


@dataclass(frozen=True, slots=True)
class StateTable:
    """A machine as data. ``words`` maps each state to what people read."""

    name: str
    initial: str
    words: Mapping[str, str]
    edges: tuple[Edge, ...]
    final: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = set(self.words)
        used = {self.initial, *self.final} | {s for e in self.edges for s in (e.source, e.target)}
        if used - known:
            raise LookupError(f"{self.name}: states without words: {sorted(used - known)}")
        if any(edge.source in self.final for edge in self.edges):
            raise LookupError(f"{self.name}: a final state has a way out")

    def allows(self, source: str, target: str) -> bool:
        """Whether one edge leads from ``source`` to ``target``."""
        return any(edge.source == source and edge.target == target for edge in self.edges)

    def step(self, source: str, target: str) -> str:
        """``target``, if an edge leads there; staying is no step. Raises ConflictError WRONG_STATE."""
        if source != target and not self.allows(source, target):
            raise ConflictError(
                f"{self.name}: there is no way from {self.words.get(source, source)} "
                f"to {self.words.get(target, target)}.",
                code="WRONG_STATE",
            )
        return target

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for edge in self.edges:
            label = edge.event + (f" [{edge.guard}]" if edge.guard else "")
            lines.append(f"    {edge.source} --> {edge.target}: {label}")
        lines.extend(f"    {state} --> [*]" for state in sorted(self.final))
        return "\n".join(lines) + "\n"
