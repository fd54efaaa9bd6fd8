"""Everything that signs: one port, the host of child processes, and one folder per kind of signer (DESIGN
3).
"""
