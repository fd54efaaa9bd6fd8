"""Effects of XRPL transactions (CONTRACTS C3): one file for each family of kinds, one table of kinds in
table.py.

The reading is total: every field and flag of a transaction is common to all, explained by its kind's row, or
an Unknown effect. A new kind is a function and a row.
"""
