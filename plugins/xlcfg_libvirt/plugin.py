"""libvirt's answers to the hooks."""

from __future__ import annotations

from xlcfg.model.guest import Guest
from xlcfg.syntax.tree import Document, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from xlcfg.core.conversion import Conversion
    from xlcfg.core.source import Source
    from xlcfg.model.target import Target
    from xlcfg_libvirt.xml import Element, NotRead

NAME = "libvirt"

#: Elements that hold a domain: what `virsh snapshot-dumpxml` and the like give.
_HOLDERS = ("domainsnapshot", "domaincheckpoint", "domstatus", "domains")
#: libvirt's names of the architectures that Xen has guests of.
_ARCHES = {
    "x86_64": "x86",
    "i686": "x86",
    "aarch64": "arm64",
    "armv7l": "arm32",
    "riscv64": "riscv64",
}
#: Others of libvirt's names, of machines that no Xen has a runstate call on.
_WITHOUT_XEN = {
    "alpha", "ia64", "loongarch64", "mips", "mips64", "ppc", "ppc64", "ppc64le", "riscv32", "s390",
    "s390x", "sparc", "sparc64",
}  # fmt: skip


def xlcfg_read_config(source: Source, target: Target) -> list[Guest] | None:
    """Every domain in an XML file; None for what does not begin like XML."""
    start = source.data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        return None
    from xlcfg_libvirt.xml import NotRead, parse

    try:
        root = parse(source.data)
    except NotRead as error:
        return [_refused(source, target, error)]
    domains = [root] if root.tag == "domain" else []
    if root.tag in _HOLDERS:
        domains = [child for child in root.children if child.tag == "domain"]
    if not domains:
        problem = Problem(
            "IO007",
            f"this XML is a <{root.tag}>, not a libvirt domain",
            "",
            root.start,
            root.name_end,
        )
        return [_guest(source, target, [problem])]
    return [_domain(source, target, domain) for domain in domains]


def _domain(source: Source, target: Target, domain: Element) -> Guest:
    from xlcfg_libvirt.domain import document

    kind = domain.attributes.get("type")
    if kind is None or kind.text not in ("xen", "linux"):
        at = domain if kind is None else kind
        its_type = f"of type {kind.text}" if kind is not None else "without a type"
        problem = Problem(
            "IO007", f"a domain {its_type} is no Xen guest", "write type='xen'", at.start, at.end
        )
        return _guest(source, target, [problem])
    os = domain.find("os", "type")
    arch = os.attributes.get("arch") if os is not None else None
    if arch is not None and arch.text not in _ARCHES and arch.text not in _WITHOUT_XEN:
        problem = Problem(
            "IO007",
            f"libvirt knows no architecture {arch.text}",
            f"write one of {', '.join(_ARCHES)}",
            arch.start,
            arch.end,
        )
        return _guest(source, target, [problem])
    if arch is not None:
        target = target.on(_ARCHES.get(arch.text, arch.text))
    read, losses = document(domain, source)
    guest = Guest(source, read, target, toolstack=NAME)
    # xl of old releases knows no `type`; libvirt's word counts whatever the release
    guest.type = guest.settings.string("type") or guest.type
    guest.origin = domain
    guest.unsupported = losses
    return guest


def _refused(source: Source, target: Target, error: NotRead) -> Guest:
    code, message = "IO007", error.message
    if error.ill_formed:
        code, message = "LV001", f"libvirt cannot read this XML: {error.message}"
    at = min(error.offset, len(source.data))
    problem = Problem(code, message, error.cure, at, min(at + 1, len(source.data)))
    return _guest(source, target, [problem])


def _guest(source: Source, target: Target, problems: list[Problem]) -> Guest:
    document = Document()
    document.problems.extend(problems)
    return Guest(source, document, target, toolstack=NAME)


def xlcfg_rules() -> list[ModuleType]:
    """The rules on domain XML."""
    from xlcfg_libvirt.rules import load

    return load()


def xlcfg_targets() -> list[str]:
    """Domain XML."""
    return [NAME]


def xlcfg_convert(guest: Guest, to: str, target: Target) -> Conversion | None:  # noqa: ARG001
    """Domain XML."""
    if to != NAME:
        return None
    from xlcfg_libvirt.write import write

    return write(guest)
