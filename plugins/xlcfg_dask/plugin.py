"""Answers `--engine dask://HOST:PORT`; dask.distributed is imported when somebody asks for that."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.engine import Engine

#: Where a dask scheduler listens unless told otherwise.
PORT = 8786


def xlcfg_engine(url: str) -> Engine | None:
    """The cluster behind a URL. Raises EngineError when it cannot be reached."""
    scheme, _, address = url.partition("://")
    if scheme != "dask":
        return None
    from xlcfg.core.engine import EngineError
    from xlcfg.source.paths import display

    host, colon, port = address.rstrip("/").rpartition(":")
    if not colon or port.endswith("]"):
        host, port = address.rstrip("/"), str(PORT)
    if not host or not port.isdecimal() or set(host) & set("/?#@ "):
        text = f"{display(url)!r} is not dask://HOST:PORT, as in dask://scheduler:8786"
        raise EngineError(f"--engine: {text}")
    try:
        from xlcfg_dask.cluster import Cluster
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("distributed", "dask"):
            raise
        raise EngineError("--engine: dask:// needs pip install 'xlcfg[dask]'") from None
    return Cluster(host, int(port))
