"""Fitting what chooses answers."""
