"""Questions to suggest."""
