"""An input on another machine that nothing here can reach.

What it does
------------
Reports URLs for which a Python package is missing, or whose scheme nobody knows.

Why
---
xlcfg reads URLs through fsspec, which is no part of it, and fsspec leaves each kind of storage to a
package of its own. What was not read was not checked, so the exit code is 2.

Example
-------
    xlcfg check s3://configs/web01.cfg

without s3fs.

Fix
---
    pip install 'xlcfg[remote]' s3fs

`gs://` needs gcsfs, `https://` aiohttp; `docs/fleets.md` has more.
"""

CODE = "IO011"
NAME = "unreachable-input"
SUMMARY = "a package that reads a URL is missing"
SEVERITY = "error"
FIX = ""
