"""Models: names in, models that run out."""
