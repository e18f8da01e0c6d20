"""What is chosen to be ignored."""
