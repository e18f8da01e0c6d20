"""What MkDocs calls (mkdocs.yml): hands it the generated pages, so that none is kept in git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from xlcfg.docs.pages import below, pages, with_pages

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parents[2]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of findings and options; the README is the start page."""
    made = pages()
    for path, text in made.items():
        files.append(File.generated(config, path, content=text))
    start = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=start))
    config.nav = with_pages(config.nav, below(made))
    return files
