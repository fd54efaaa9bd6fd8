"""Checks that need no rule: what CONTRACTS asks of every transaction, whatever a policy says."""
