"""Device trees, source and flattened: which property of /chosen Xen takes as its command line.

Only the names of nodes and a few text properties matter here.  The flattened form is read by one
pass over its structure block: the libraries for it either need a C build or are no longer kept up,
and a pass that only ever goes forward has no use for what they offer.
"""

from __future__ import annotations

import re

from xlcfg.source.boot.found import FoundLine, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.source.text import Source

    #: path of a node to its properties, each the first string of its value with its places
    Nodes = dict[str, dict[str, Text]]

_WANTED = ("bootargs", "xen,xen-bootargs", "xen,dom0-bootargs", "compatible")
_KERNELS = ("multiboot,kernel", "xen,linux-zimage")
#: Nobody nests deeper; a hostile tree could, and its paths would be quadratic in size.
_DEEPEST = 64
_LONGEST_NAME = 128


def _chosen(nodes: Nodes, kind: str) -> list[FoundLine]:
    """The line of each /chosen: its xen,xen-bootargs, else its bootargs if dom0 has its own."""
    with_kernel: set[str] = set()
    for path, properties in nodes.items():
        compatible = str(properties.get("compatible", "")).split("\0")
        if str(properties.get("bootargs", "")) and not set(_KERNELS).isdisjoint(compatible):
            while path:
                path = path.rpartition("/")[0]
                with_kernel.add(path)
    found: list[FoundLine] = []
    for path, properties in nodes.items():
        if path.rsplit("/", 1)[-1].lstrip("&") != "chosen":
            continue
        name = "xen,xen-bootargs"
        if name not in properties:
            if "xen,dom0-bootargs" not in properties and path not in with_kernel:
                continue
            name = "bootargs"
        if name in properties:
            found.append(properties[name].line(kind, f"{path}/{name}"))
    return found


# One token of device tree source; comments and preprocessor lines are taken along.
_TOKEN = re.compile(
    r"""(?:[ \t\r\n]+|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)
        |^[ \t]*\#[ \t]*(?:include|define|undef|if|ifdef|ifndef|else|elif|endif)\b[^\n]*)+
    |(?P<string>"(?:[^"\\]|\\[\s\S])*+(?:"|\Z))
    |(?P<ref>&(?:\{[^}\n]*\}|[\w]+))
    |(?P<directive>/[\w-]+/)
    |(?P<name>[\w,.+*\#?@-]+|/)
    |(?P<mark>[\s\S])""",
    re.MULTILINE | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|[\s\S])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def dts(source: Source) -> list[FoundLine]:
    """The lines of a source file; an overlay's /chosen counts like any other."""
    nodes: Nodes = {}
    path: list[str] = []
    words: list[str] = []
    value: list[Text] | None = None
    for match in _TOKEN.finditer(source.text):
        kind = match.lastgroup
        token = match[0]
        if kind == "string":
            if value is not None:
                value.append(_unescape(token, match.start()))
        elif kind in ("name", "ref", "directive"):
            if value is None:
                words.append(token)
        elif kind == "mark":
            if token == "=" and value is None:
                value = []
            elif token == ":" and value is None:
                words.clear()
            elif token == "{":
                path.append(words[-1][:_LONGEST_NAME] if words else "")
                words, value = [], None
            elif token == "}":
                if path:
                    path.pop()
                words, value = [], None
            elif token == ";":
                if words and value and words[-1] in _WANTED and len(path) <= _DEEPEST:
                    properties = nodes.setdefault(_path(path), {})
                    properties[words[-1]] = _first(words[-1], value)
                words, value = [], None
    return _chosen(nodes, "dts")


def _path(names: list[str]) -> str:
    """`/`, `chosen` give `/chosen`; a reference `&{/chosen}` is a path by itself."""
    path = ""
    for name in names:
        if name.startswith("&{"):
            path = name[2:-1].rstrip("/")
        elif name != "/":
            path += "/" + name
    return path


def _first(name: str, value: list[Text]) -> Text:
    if name != "compatible":
        return value[0]
    strings = Text()
    for text in value:
        strings.extend(text)
        strings.add("\0", 0)
    return strings


def _unescape(token: str, start: int) -> Text:
    text = Text()
    body = token[1:-1] if len(token) > 1 and token[-1] == '"' else token[1:]
    at = 0
    for match in _ESCAPE.finditer(body):
        text.add(body[at : match.start()], start + 1 + at)
        escape = match[1]
        if escape[0] == "x" and len(escape) > 1:
            char = chr(int(escape[1:], 16))
        elif escape[0] in "01234567":
            char = chr(int(escape, 8) & 0xFF)
        else:
            char = _ESCAPES.get(escape, escape)
        text.add(char, start + 1 + match.start())
        at = match.end()
    text.add(body[at:], start + 1 + at)
    return _c_string(text)


def _c_string(text: Text) -> Text:
    if "\0" in text.chars:
        end = text.chars.index("\0")
        text.chars, text.places = text.chars[:end], text.places[:end]
    return text


def dtb(source: Source) -> list[FoundLine]:
    """The lines of a flattened tree; what does not fit into the file ends the reading."""
    data = source.data

    def cell(at: int) -> int:
        return int.from_bytes(data[at : at + 4], "big")

    if len(data) < 40 or data[:4] != b"\xd0\x0d\xfe\xed":
        return []
    end = min(cell(4), len(data))
    at, strings = cell(8), cell(12)
    nodes: Nodes = {}
    path: list[str] = []
    while at + 4 <= end:
        token = cell(at)
        at += 4
        if token == 1:  # a node begins
            stop = data.find(b"\0", at, end)
            if stop < 0 or len(path) > _DEEPEST:
                break
            path.append(data[at : min(stop, at + _LONGEST_NAME)].decode("latin-1"))
            at = (stop + 4) & ~3
        elif token == 2:  # it ends
            if not path:
                break
            path.pop()
        elif token == 3:  # a property
            size, name_at = cell(at), strings + cell(at + 4)
            at += 8
            if at + size > end or name_at >= end:
                break
            stop = data.find(b"\0", name_at, min(end, name_at + 64))
            name = data[name_at:stop].decode("latin-1") if stop >= 0 else ""
            if name in _WANTED and path:
                text = Text()
                text.add(data[at : at + size].decode("latin-1"), at)
                properties = nodes.setdefault("/".join(path), {})
                properties[name] = text if name == "compatible" else _c_string(text)
            at = (at + size + 3) & ~3
        elif token != 4:  # neither of these nor a filler: the end, or damage
            break
    return _chosen(nodes, "dtb")


READERS: dict[str, Callable[[Source], list[FoundLine]]] = {"dts": dts, "dtb": dtb}
