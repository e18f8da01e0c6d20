"""Pages about a run itself: inputs that cannot be read, plugins that fail."""
