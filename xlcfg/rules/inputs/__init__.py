"""Inputs that cannot be read or replayed. Pages only: whoever reads reports them."""
