"""The proposals' tables. Only projection.py writes them, and only from journal records."""
