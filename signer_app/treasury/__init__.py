"""What a treasurer looks at: balances, limits used, what waits, what ends, what is wrong (DESIGN section 3).

sources.py   which facts to read, and reading them
balances.py, limits.py, waiting.py, alerts.py   pure functions over facts and proposals
view.py      all of it together, as the window and the command line show it
"""
