"""Practice ledgers that speak the real wire protocols, on network ids that no real network uses.

Nothing here knows the rooms that sign: a practice ledger is the other side of the wire. It uses the ledger's
own SDK and never ``signer_app.chains``, so that a fault in our encoder cannot hide in a practice ledger that
shares it.
"""
