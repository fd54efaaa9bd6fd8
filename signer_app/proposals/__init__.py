"""Proposals: their lifecycle, their store (a projection of the journal), slots, and what moves them along."""
