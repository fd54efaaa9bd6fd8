"""Accounts: what the operators agree on, beside the policy."""
