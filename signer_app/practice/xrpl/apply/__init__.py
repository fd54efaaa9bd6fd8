"""What transactions do to the practice ledger: one module per family of kinds, one engine around them."""
