"""Many files: processes and other engines to check them, a cache, reports that travel."""
