"""Calling models: one seam for every provider, one ledger as cache and provenance."""
