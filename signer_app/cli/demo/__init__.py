"""`countersign demo`: the main job rehearsed on a practice ledger, driven through the real command."""
