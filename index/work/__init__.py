"""Work that is done elsewhere: in other processes, within a budget."""
