"""One folder per ledger behind the port in port.py. Everything above speaks CAIP ids, effects and facts."""
