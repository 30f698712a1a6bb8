"""Documents made at random, whose every visible word is known."""
