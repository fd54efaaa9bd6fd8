"""A node as Nodes.describe gives it, with long names, and what it may show."""

from __future__ import annotations

from typing import Any

CERTIFICATE = {
    "sha256": "0a" * 32, "key": "1b" * 32, "authority": "2c" * 32, "issuer": "Northern Authority 17, North",
    "not_before": "2026-10-01T00:00:00Z", "not_after": "2026-12-30T00:00:00Z",
}  # fmt: skip
NODE: dict[str, Any] = {
    "id": "north", "operator": "Northern Operators", "network": "xrpl:1", "roles": ["read", "submit"],
    "url": "https://xrplcluster.northern-operators.example:51234/", "hold": "authority",
    "certificate": {**CERTIFICATE, "recorded_at": "2026-10-02T10:00:00Z"}, "authorities": ["3d" * 32],
}  # fmt: skip
