"""Articles that are brought to a running server: kept, built in, taken out."""
