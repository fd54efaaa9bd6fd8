"""The XRP app: its protocol, its limits, and what its screens show."""
