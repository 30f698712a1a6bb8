"""What people say of the answers."""
