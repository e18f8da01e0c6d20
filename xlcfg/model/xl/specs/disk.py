"""`disk`: libxlutil's disk strings (positional, key=value and the old prefixes).

The scanner is a longest-match one: at every place the rule that covers most text wins, an earlier
rule on a tie.  A rule may look at more text than it takes (the old prefixes cover the whole line).
"""

from __future__ import annotations

from xlcfg.model.xl.specs import in_dom0

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

#: flags and what they set (numbers and booleans are not the same to xl), since which 4.x
_FLAGS: tuple[tuple[str, str, object, int], ...] = (
    ("cdrom", "is_cdrom", 1, 4),
    ("direct-io-safe", "direct_io_safe", True, 5),
    ("discard", "discard_enable", True, 5),
    ("no-discard", "discard_enable", False, 5),
    ("colo", "colo_enable", True, 7),
    ("no-colo", "colo_enable", False, 7),
    ("trusted", "trusted", True, 19),
    ("untrusted", "trusted", False, 19),
    ("grant_usage=1", "grant_usage", True, 19),
    ("grant_usage=0", "grant_usage", False, 19),
)
#: what flags begin with: few places of a string do
_FLAG_LETTERS = {flag[0] for flag, *_ in _FLAGS}
#: parameters with a value, the field each fills and since when
_PARAMETERS = {
    "format": ("format", 4),
    "devtype": ("is_cdrom", 4),
    "access": ("readwrite", 4),
    "backend": ("backend_domname", 4),
    "backendtype": ("backend", 4),
    "specification": ("specification", 17),
    "vdev": ("vdev", 4),
    "script": ("script", 4),
    "colo-host": ("colo_host", 7),
    "colo-port": ("colo_port", 7),
    "colo-export": ("colo_export", 7),
    "active-disk": ("active_disk", 7),
    "hidden-disk": ("hidden_disk", 7),
}
_FORMATS = (("raw", 4), ("qcow", 4), ("qcow2", 4), ("vhd", 4), ("empty", 4), ("qed", 9))
_BACKENDS = (("phy", 4), ("tap", 4), ("qdisk", 4), ("standalone", 17))
_FORMAT_PREFIXES = ("raw:", "qcow:", "qcow2:", "vhd:")
_SCRIPT_PREFIXES = ("iscsi:", "nbd:", "enbd:", "drbd:")
_IGNORED_PREFIXES = ("tapdisk:", "tap:", "tap2:", "aio:", "ioemu:", "file:", "phy:")
#: endings of the names of files that are no raw images
IMAGES = ("qcow2", "qcow", "vmdk", "vdi", "vhd", "vhdx", "qed")
#: errors after which the rest of a string is not looked at any more
_ENOUGH = 20
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ALNUM = _LOWER + "0123456789"


def _end_of_value(text: str, i: int) -> int:
    """Past the next comma, or the end."""
    end = text.find(",", i)
    return len(text) if end < 0 else end + 1


class _Match:
    """What a rule of the scanner covers: how many characters, where it ends taking, and a name."""

    __slots__ = ("arg", "covered", "end", "rule")

    def __init__(self, covered: int, rule: str, end: int, arg: str = "") -> None:
        self.covered = covered
        self.rule = rule
        self.end = end
        self.arg = arg


_NOTHING = _Match(0, "", 0)


class _Disk:
    """One disk string on its way to a libxl disk."""

    def __init__(self, reader: ConfigReader, key: str, atom: Atom) -> None:
        self.reader = reader
        self.key = key
        self.atom = atom
        self.fields: dict[str, object] = {"readwrite": 1, "removable": 0, "is_cdrom": 0}
        self.error = False
        self.errors = 0
        self.old_prefix = False
        self.access_given = False
        self.line_end = -1

    # ---- reporting

    def refuse(self, kind: str, at: int, word: str, **args: object) -> None:
        self.error = True
        self.errors += 1
        self.reader.report_word("disk." + kind, self.key, self.atom, at, word, **args)

    # ---- setting

    def choose(self, field: str, value: str, at: int, word: str) -> None:
        """An enumeration: giving it twice is fine as long as both agree."""
        before = self.fields.get(field)
        if before is not None and before != value:
            self.refuse("respecified", at, word, parameter=field, before=before)
        else:
            self.fields[field] = value

    def save(self, field: str, value: str, at: int, name: str) -> None:
        """A text: may be given again only over an empty one."""
        before = self.fields.get(field)
        if before:
            self.refuse("respecified", at, value, parameter=name, before=before)
        else:
            self.fields[field] = value

    def known(self, table: tuple[tuple[str, int], ...]) -> list[str]:
        return [name for name, since in table if self.reader.minor >= since]

    def set_format(self, value: str, at: int) -> None:
        accepted = self.known(_FORMATS)
        if value and value not in accepted:
            self.refuse("unknown-value", at, value, parameter="format", accepted=accepted)
        else:
            self.choose("format", value or "raw", at, value)

    def set_access(self, value: str, at: int) -> None:
        if value in ("r", "ro"):
            self.fields["readwrite"] = 0
        elif value in ("rw", "w", ""):
            self.fields["readwrite"] = 1
        else:
            accepted = ["r", "ro", "rw", "w"]
            self.refuse("unknown-value", at, value, parameter="access", accepted=accepted)

    def set_vdev_and_type(self, value: str, at: int) -> bool:
        """The old `VDEV:cdrom`; False when there is no colon."""
        vdev, colon, kind = value.rpartition(":")
        if not colon:
            return False
        self.save("vdev", vdev, at, "vdev")
        if kind in ("cdrom", "disk"):
            self.fields["is_cdrom"] = int(kind == "cdrom")
        else:
            place = at + len(vdev) + 1
            accepted = ["cdrom", "disk"]
            self.refuse("unknown-value", place, kind, parameter="device type", accepted=accepted)
        return True

    def set_parameter(self, name: str, value: str, at: int) -> None:
        field = _PARAMETERS[name][0]
        if name == "format":
            self.set_format(value, at)
        elif name == "access":
            self.set_access(value, at)
        elif name == "devtype":
            # `devtype=cdrom` and `devtype=disk` are rules of their own, which win the tie
            if value in ("cdrom", "disk"):
                self.fields[field] = int(value == "cdrom")
            else:
                accepted = ["cdrom", "disk"]
                self.refuse("unknown-value", at, value, parameter=name, accepted=accepted)
        elif name in ("backendtype", "specification"):
            accepted = self.known(_BACKENDS) if name == "backendtype" else ["xen", "virtio"]
            if value in accepted:
                self.choose(field, value, at, value)
            else:
                self.refuse("unknown-value", at, value, parameter=name, accepted=accepted)
        elif name == "colo-port":
            port = self.reader.atoi(value)
            if port:
                atom = self.atom
                self.fields[field] = self.reader.fits("disk", atom, at, name, value, port, 10)
            else:
                self.refuse("not-a-number", at, value, parameter=name)
        else:
            self.save(field, value, at, name)

    def set_positional(self, value: str, at: int) -> bool:
        """Fills the next free place; False ends the scan."""
        fields = self.fields
        if self.error:
            return True
        if "pdev_path" not in fields:
            self.save("pdev_path", value, at, "target")
        elif not self.old_prefix and "format" not in fields:
            if not fields["pdev_path"] and self.set_vdev_and_type(value, at):
                fields["format"] = "empty"
            else:
                self.set_format(value, at)
        elif "vdev" not in fields:
            if not self.set_vdev_and_type(value, at):
                self.save("vdev", value, at, "vdev")
        elif not self.access_given:
            self.access_given = True
            self.set_access(value, at)
        else:
            self.refuse("too-many", at, value)
            return False
        return True

    # ---- scanning

    def end_of_line(self, i: int) -> int:
        if self.line_end < i:
            end = self.atom.text.find("\n", i)
            self.line_end = len(self.atom.text) if end < 0 else end
        return self.line_end

    def step(self, i: int) -> int:
        """Takes the text at `i`; where to go on, -1 to stop."""
        # the rule that covers most text wins, of two that cover as much the earlier one
        best = self.blank(i)
        rules = [self.prefix(i), self.positional(i)]
        if self.atom.text.startswith("target=", i):
            end = self.end_of_line(i)
            rules.insert(0, _Match(end - i, "target", end))
        else:
            rules[:0] = [self.flag(i), self.named(i)]
        for match in rules:
            if match.covered > best.covered:
                best = match
        if best.covered:
            return self.apply(best, i)
        # only a "=" gets here; as the very last character the scanner forgets it
        text = self.atom.text
        if i + 1 == len(text):
            self.reader.report_word("disk.last-equals", self.key, self.atom, i, "=")
        else:
            self.refuse("bad-syntax", i, text[i : self.end_of_line(i)])
        return -1

    def blank(self, i: int) -> _Match:
        text = self.atom.text
        j = i
        while j < len(text) and text[j] in " \t\n":
            j += 1
        if j == i:
            return _NOTHING
        return _Match((self.end_of_line(j) if j < len(text) else j) - i, "blank", j)

    def flag(self, i: int) -> _Match:
        text = self.atom.text
        best = _NOTHING
        if text[i : i + 1] not in _FLAG_LETTERS:
            return best
        for flag, _, _, since in _FLAGS:
            if self.reader.minor >= since and text.startswith(flag, i):
                end = i + len(flag)
                end += text[end : end + 1] == ","
                if end - i > best.covered:
                    best = _Match(end - i, "flag", end, flag)
        return best

    def named(self, i: int) -> _Match:
        """`NAME=VALUE`, of a parameter or of a name that is none."""
        text = self.atom.text
        equals = text.find("=", i, self.comma(i))
        name = text[i:equals] if equals > i else ""
        if not name or name[0] not in _LOWER or name.strip(_ALNUM + "-"):
            return _NOTHING
        if name in _PARAMETERS and self.reader.minor >= _PARAMETERS[name][1]:
            end = _end_of_value(text, equals)
            return _Match(end - i, "parameter", end, name)
        if equals + 1 < len(text) and text[equals + 1] != ",":
            end = equals + 2
            end += text[end : end + 1] == ","
            return _Match(end - i, "unknown", end, name)
        return _NOTHING

    def prefix(self, i: int) -> _Match:
        """The old `FORMAT:` and `SCRIPT:`, or what looks like one."""
        text = self.atom.text
        colon = text.find(":", i, self.comma(i))
        prefix = text[i : colon + 1] if colon > i else ""
        if prefix in _FORMAT_PREFIXES + _SCRIPT_PREFIXES + _IGNORED_PREFIXES:
            return _Match(self.end_of_line(i) - i, "prefix", colon + 1, prefix)
        if not prefix or prefix[0] not in _LOWER or prefix[:-1].strip(_ALNUM):
            return _NOTHING
        follows = text[colon + 1 : colon + 2]
        covers = colon + 1
        if follows and follows not in _ALNUM:
            covers = self.end_of_line(colon + 2)
        return _Match(covers - i, "unknown-prefix", colon + 1, prefix)

    def positional(self, i: int) -> _Match:
        comma = self.comma(i)
        equals = self.atom.text.find("=", i, comma)
        end = equals if equals >= 0 else min(comma + 1, len(self.atom.text))
        return _Match(end - i, "positional", end)

    def comma(self, i: int) -> int:
        """The next comma, or the end of the text."""
        comma = self.atom.text.find(",", i)
        return len(self.atom.text) if comma < 0 else comma

    def apply(self, match: _Match, i: int) -> int:
        """Does what the rule says; where to go on, -1 to stop."""
        rule, arg = match.rule, match.arg
        word = self.atom.text[i : match.end]
        if rule == "target":
            self.save("pdev_path", word[7:].removesuffix(","), i, "target")
            self.look_for_swallowed(i + 7, match.end)
        elif rule == "flag":
            for flag, field, value, _ in _FLAGS:
                if flag == arg:
                    self.fields[field] = value
        elif rule == "parameter":
            self.set_parameter(arg, word[len(arg) + 1 :].removesuffix(","), i + len(arg) + 1)
        elif rule == "unknown":
            self.refuse("unknown-parameter", i, arg, accepted=self.parameters())
        elif rule == "prefix":
            self.old_prefix = True
            if arg in _FORMAT_PREFIXES:
                self.set_format(arg[:-1], i)
            elif arg in _SCRIPT_PREFIXES:
                self.save("script", "block-" + arg[:-1], i, "script")
        elif rule == "unknown-prefix":
            self.refuse("unknown-prefix", i, arg)
            return -1
        elif rule == "positional" and not self.set_positional(word.removesuffix(","), i):
            return -1
        return match.end

    def parameters(self) -> list[str]:
        minor = self.reader.minor
        return [name for name, (_, since) in _PARAMETERS.items() if minor >= since] + ["target"]

    def look_for_swallowed(self, start: int, end: int) -> None:
        """`target=` takes the rest of the string, which people do not expect."""
        text = self.atom.text
        comma = text.find(",", start, end)
        while comma >= 0:
            word = text[comma + 1 : end].lstrip(" \t")
            name = word.partition(",")[0].partition("=")[0]
            if name in _PARAMETERS or name == "cdrom":
                report = self.reader.report_at
                report("disk.target-takes-rest", self.key, self.atom, comma, end, parameter=name)
                return
            comma = text.find(",", comma + 1, end)

    def finish(self) -> None:
        fields = self.fields
        if self.error:
            return
        fields.setdefault("format", "raw")
        if fields["is_cdrom"]:
            fields["removable"] = 1
            fields["readwrite"] = 0
            if not fields.get("pdev_path"):
                fields["format"] = "empty"
        text = self.atom.text
        if "vdev" not in fields:
            self.refuse("no-vdev", 0, text)
        elif "pdev_path" not in fields and not fields["removable"]:
            self.refuse("no-target", 0, text)
        elif self.old_prefix:
            prefix = text[: text.find(":") + 1]
            image = image_format(fields)
            known = image in self.known(_FORMATS)
            changed = {"format": image} if known else {}
            if without_dev(prefix, fields):
                changed["pdev_path"] = f"/dev/{fields['pdev_path']}"
            line = modern({**fields, **changed})
            line = f'"{line}"' if line else "TARGET,FORMAT,VDEV,ACCESS"
            self.reader.report_word("disk.old-prefix", self.key, self.atom, 0, prefix, line=line)


def modern(fields: dict[str, object]) -> str | None:
    """TARGET,FORMAT,VDEV,ACCESS, with further parameters behind; None where that cannot say it."""
    known = {"pdev_path", "format", "vdev", "readwrite", "is_cdrom", "removable", "script"}
    if not known.issuperset(fields) or "pdev_path" not in fields:
        return None
    words = [fields["pdev_path"], fields["format"], fields["vdev"]]
    words.append("rw" if fields["readwrite"] else "ro")
    if fields["is_cdrom"]:
        words.append("devtype=cdrom")
    if "script" in fields:
        words.append(f"script={fields['script']}")
    return ",".join(map(str, words))


def without_dev(prefix: str, fields: dict[str, object]) -> bool:
    """Whether a `phy:` of dom0 names a block device as xm took it, without /dev/."""
    here = in_dom0(fields) and "script" not in fields
    name = str(fields.get("pdev_path"))
    return prefix == "phy:" and here and (name[:1].isalnum() or name[:1] == "_")


def image_format(fields: dict[str, object]) -> str:
    """The format that the name of a disk's file speaks of while it is read as raw; else ""."""
    target = fields.get("pdev_path")
    if fields.get("format") != "raw" or fields.get("is_cdrom") or "script" in fields:
        return ""
    ending = str(target or "").lower().rpartition(".")[2]
    return ending if ending in IMAGES else ""


def fields_of(text: str, release: str, arch: str) -> dict[str, object] | None:
    """What libxlutil of a release makes of one disk string; None when it refuses it."""
    from xlcfg.model.settings import Settings
    from xlcfg.model.xl.reader import UNSTABLE, ConfigReader
    from xlcfg.syntax.tree import Atom, Document

    minor = UNSTABLE if release == "unstable" else int(release.partition(".")[2])
    reader = ConfigReader(Settings(Document()), minor, arch, None)
    disk = _scan(reader, "disk", Atom(text, 0, len(text) + 2, 1, True))
    return None if disk.error else disk.fields


def _scan(reader: ConfigReader, key: str, atom: Atom) -> _Disk:
    disk = _Disk(reader, key, atom)
    i = 0
    while 0 <= i < len(atom.text) and disk.errors < _ENOUGH:
        i = disk.step(i)
    disk.finish()
    return disk


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    reader.values[key] = [_scan(reader, key, atom).fields for atom in atoms]
