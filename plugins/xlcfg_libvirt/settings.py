"""Makes the settings of a guest from places in domain XML, and notes what finds none there."""

from __future__ import annotations

from xlcfg.syntax.tree import Atom, Document, ListValue, Setting
from xlcfg_libvirt import names
from xlcfg_libvirt.xml import Element, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.conversion import ConversionLoss
    from xlcfg.core.source import Source

Place = Element | Value


class GuestSettings:
    """The settings so far. `hvm` and `pv` say what the guest is; with neither it is PVH."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.document = Document()
        self.lost: list[ConversionLoss] = []
        self.hvm = self.pv = False

    def put(self, name: str, value: object, at: Place, key: Element | None = None) -> None:
        """A setting: its value lies at `at`, its name at the element `key` (or at `at` itself)."""
        self.document.settings.append(self.setting(name, self.atom(value, at), at, key))

    def put_list(self, name: str, items: list[tuple[object, Place]], key: Element) -> None:
        """A list, each item with its place, in the order of the file; nothing for no item."""
        if items:
            first = min((at for _, at in items), key=lambda at: at.start)
            end = max(at.end for _, at in items)
            line = self.source.line_of(first.start)
            atoms = [self.value(value, at) for value, at in items]
            value = ListValue(atoms, first.start, end, line, line)
            self.document.settings.append(self.setting(name, value, first, key))

    def setting(
        self, name: str, value: Atom | ListValue, at: Place, key: Element | None
    ) -> Setting:
        named = key if key is not None else at
        name_end = named.name_end if isinstance(named, Element) else named.end
        start = named.start
        end = max(value.end, name_end)
        return Setting(name, "=", value, start, name_end, end, self.source.line_of(start))

    def value(self, value: object, at: Place) -> Atom | ListValue:
        if isinstance(value, list):
            line = self.source.line_of(at.start)
            return ListValue([self.atom(v, at) for v in value], at.start, at.end, line, line)
        return self.atom(value, at)

    def atom(self, value: object, at: Place) -> Atom:
        quoted = isinstance(value, str)
        text = str(int(value)) if isinstance(value, bool) else str(value)
        return Atom(text, at.start, at.end, self.source.line_of(at.start), quoted)

    def text(self, name: str, element: Element | None) -> None:
        """A setting whose value is the text of an element."""
        if element is not None:
            self.put(name, element.text.text, element.text, element)

    def lose(self, what: str, why: str, at: Place) -> None:
        from xlcfg.core.conversion import ConversionLoss

        self.lost.append(ConversionLoss(what, why, at.start, at.end))

    def losses(self, domain: Element) -> list[ConversionLoss]:
        """What was noted as lost, and every element and attribute nobody asked for."""
        todo = [domain]
        while todo:
            element = todo.pop()
            for name, value in element.attributes.items():
                if (
                    name not in element.seen_attributes
                    and (element.tag, name) not in names.IMPLIED_ATTRIBUTES
                ):
                    self.lose(f'{name}="{value.text}" of <{element.tag}>', names.NO_PLACE, value)
            for child in element.children:
                if child.seen:
                    todo.append(child)
                elif child.tag not in names.IMPLIED:
                    self.lose(f"<{child.tag}>", names.NO_PLACE, child)
        return self.lost
