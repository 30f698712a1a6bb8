"""One index in memory, searched by vectors and by words."""
