"""The version of xlcfg; pyproject.toml has the same."""

VERSION = "0.1.0"
