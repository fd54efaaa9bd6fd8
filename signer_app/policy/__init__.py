"""Policy: may these bytes be signed? A pure function of bytes, policy and facts (CONTRACTS A, B, C4, D, F).

read_policy -> compile_policy -> evaluate gives a Report. votes.py decides who has put a policy in force,
replay.py judges again what was judged before.
"""
