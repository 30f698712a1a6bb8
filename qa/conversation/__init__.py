"""What is asked: the question with its conversation, understood."""
