"""Nodes: profiles and roles, asking all operators at once, one pinned ledger, failover (DESIGN section 3)."""
