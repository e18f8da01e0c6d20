"""`--engine dask://HOST:PORT`: the work of a run on a cluster of dask workers."""
