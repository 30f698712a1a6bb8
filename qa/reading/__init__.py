"""From passages to spans."""
