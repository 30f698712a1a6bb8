"""What an operator sees: a line a request, and figures to collect."""
