"""Text in, ranked passages out; knows nothing of questions."""
