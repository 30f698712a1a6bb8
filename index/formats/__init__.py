"""Formats: bytes of a file in, its text, title and date out."""
