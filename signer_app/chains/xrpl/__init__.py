"""The XRP Ledger. XrplChain in chain.py is the room's port; nothing is imported here, so that the process of
the key can load codec, signing and keys alone (DESIGN promise 4)."""
