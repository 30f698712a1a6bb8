"""Versions of the index on disk: published, checked, followed."""
