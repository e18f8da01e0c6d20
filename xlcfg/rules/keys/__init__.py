"""Names of settings: unknown, too new, too old, for others, written twice."""
