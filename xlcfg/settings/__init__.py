"""Which findings count: settings of projects, selection by code, comments, baselines."""
