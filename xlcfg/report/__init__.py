"""Findings out: text for people, and the forms that other programs read.

One module per format, each with `render(result) -> str`.
"""

from __future__ import annotations

#: format name -> module
FORMATS = {
    "text": "xlcfg.report.text",
    "concise": "xlcfg.report.concise",
    "json": "xlcfg.report.json",
    "json-lines": "xlcfg.report.json_lines",
    "sarif": "xlcfg.report.sarif",
    "github": "xlcfg.report.github",
    "gitlab": "xlcfg.report.gitlab",
    "junit": "xlcfg.report.junit",
    "checkstyle": "xlcfg.report.checkstyle",
}
