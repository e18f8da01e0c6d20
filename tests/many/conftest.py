"""What tests of runs over many files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcfg.checks.file import FEW

GOOD = 'name = "guest{0}"\nkernel = "/k"\nmemory = 512\n'
BAD = 'name = "guest{0}"\nkernel = "/k"\nvcpu = {0}\n'
MANY = 3 * FEW


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Many configs, clean and not, in two folders; two guests of each share a name."""
    for n in range(MANY):
        folder = tmp_path / "fleet" / f"host{n % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        text = (BAD if n % 7 == 3 else GOOD).format(n)
        if n in (MANY - 1, MANY - 2):
            text = text.replace(f"guest{n}", f"guest{n % 2}")
        if n % 11 == 5:
            text += 'runstate_translation = "new"\n'
        (folder / f"g{n:03}.cfg").write_text(text)
    (tmp_path / "fleet" / "host0" / "broken.cfg").write_text('name = "x"\nvcpus = [\nmemory = 1\n')
    return tmp_path / "fleet"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "caches")}
