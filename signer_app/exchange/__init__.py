"""Formats that proposals travel in: our own file, and the ledgers' native forms."""
