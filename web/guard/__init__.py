"""What stands before an answer: who may ask, how much, and for how long."""
