"""Values that everybody may import and that import nobody."""
