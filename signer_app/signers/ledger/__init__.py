"""Ledger hardware wallets: the bytes on the wire, the dashboard, the apps, and the signer made of them.

    wire.py       constants of the wire; the one module that practice devices share
    framing.py    APDUs in 64-byte reports
    exchange.py   what an app client talks to, and status words as errors
    dashboard.py  which app is open; opening and leaving one
    xrp/          the XRP app: client, limits, and what its screens show

Devices themselves are opened in a process of their own (signers/hid/).
"""
