"""The practice XRP Ledger: a small real ledger whose state is made by signed transactions only."""
