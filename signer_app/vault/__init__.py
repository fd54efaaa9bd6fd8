"""Secrets at rest: the vault file, the encrypted database and the workspace lock (DESIGN sections 3, 4 and
7).
"""
