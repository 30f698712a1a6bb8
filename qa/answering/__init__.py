"""From spans to an answer with citations."""
