"""Ledger's XRP app: its client, what it refuses, and what its screens show.

client.py    public keys and signatures by APDU
reading.py   the fields of a transaction as the app counts and groups them
limits.py    what the app would refuse, found before anybody is asked
screens.py   the ordered list of what the device shows, and of what it does not
values.py    how the app writes a value; meanings.py: what that says, in our words
paging.py    how a long value is broken into lines and pages
screens.json names, words and glyph widths by version of the app
"""
