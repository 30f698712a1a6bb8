"""Attacks on the service, as its enemies and its accidents make them."""
