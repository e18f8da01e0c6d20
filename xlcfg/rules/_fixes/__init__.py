"""How rules make their fixes."""
