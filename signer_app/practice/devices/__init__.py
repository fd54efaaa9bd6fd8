"""Practice hardware wallets: devices that speak the vendor's real USB reports, each in a process of its own.

A practice device shares no code with the client side: of ``signer_app.signers`` it knows the constants of
the wire and the port of a report bus alone, and it decodes transactions with the ledger's own SDK. So a
fault in our client cannot hide in a device that makes the same one. Its seeds are for practice.
"""
