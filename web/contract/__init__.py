"""The contract: endpoints declared once, checked, and told as OpenAPI."""
