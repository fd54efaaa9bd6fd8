"""The journal: encrypted, hash-chained records in a Merkle tree, with signed checkpoints (CONTRACTS section
E).

Import from the modules: ``writer`` (Journal, Head), ``verifying`` (verify), ``proofs`` (prove). ``verify`` is
not a part of the program: it is the stand-alone verifier, which shares no code with the rest and runs on its
own.
"""
