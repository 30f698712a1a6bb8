"""Training the evidence model."""
