"""Hits, read: candidates, quotes, and how sure we are."""
