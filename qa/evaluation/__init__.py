"""Measuring the reader, the retrieval, whole answers, conversations and speed."""
