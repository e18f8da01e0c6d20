"""What QEMU says to its display, keyboard and boot arguments."""

from __future__ import annotations

import re

from xlcfg.model.xl.late import emulated, report_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

#: the keymaps of QEMU, of any version
KEYMAPS = (
    "ar bepo common cz da de de-ch en-gb en-us es et fi fo fr fr-be fr-ca fr-ch hr hu is it ja lt "
    "lv mk modifiers nl nl-be no pl pt pt-br ru sl sv th tr"
)
#: and those that newer ones do not have
_KEYMAPS_GONE = ("common", "modifiers", "nl-be")
_SINCE_GONE = 17
_PC_LETTERS = "abcdn"
_MOST_LETTERS = 3
#: words that people write for a letter
_BOOT_WORDS = {
    **dict.fromkeys(("cdrom", "cd-rom", "dvd"), "d"),
    **dict.fromkeys(("disk", "hd", "hda", "hdd"), "c"),
    **dict.fromkeys(("network", "net", "pxe"), "n"),
    "floppy": "a",
}
#: what QEMU reads behind the letters and a comma; flags had no value until QEMU 5.2
_BOOT_OPTIONS = ("order", "once", "menu", "splash", "splash-time", "reboot-timeout", "strict")
_BOOT_FLAGS = ("menu", "strict")
_SINCE_VALUES = 17
_SWITCHES = ("on", "off", "yes", "no", "true", "false", "y", "n")
_FIRST_PORT = 5900
_LAST_PORT = 65535
_LAST_UNUSED = 99
_SINCE_UNUSED = 14  # QEMU of older releases was not asked
_DIGITS = 10
_COMPRESSION = ("off", "auto_glz", "auto_lz", "quic", "glz", "lz")
_MOST_CHANNELS = 4
_STREAMING = ("off", "all", "filter")


def run(reader: ConfigReader) -> None:
    if reader.guest == "hvm":
        if emulated(reader):
            _boot(reader)
            if reader.values.get("spice") is True:
                _spice(reader)
            if reader.values.get("vnc", True) is not False:
                _vnc(reader)
                _keymap(reader)
        return
    framebuffers = reader.values.get("vfb")
    if isinstance(framebuffers, list) and "vfb" not in reader.broken:
        for at, fields in enumerate(framebuffers):
            if not fields.get("vnc.enable", True):
                continue
            keymap, display = fields.get("keymap"), fields.get("vnc.display")
            if isinstance(display, int) and display + _FIRST_PORT > _LAST_PORT:
                report_in(reader, "vnc.port", "vfb", at, str(display),
                          most=_LAST_PORT - _FIRST_PORT)  # fmt: skip
            elif isinstance(display, int) and display > _LAST_UNUSED:
                if fields.get("vnc.findunused", True) and reader.minor >= _SINCE_UNUSED:
                    number = str(display)
                    report_in(reader, "vnc.unused", "vfb", at, number, **_beyond(number))
            if isinstance(keymap, str) and _unknown(reader, keymap):
                report_in(reader, "keymap.unknown", "vfb", at, f"keymap={keymap}", name=keymap,
                          cure=_layout(keymap))  # fmt: skip


def _boot(reader: ConfigReader) -> None:
    text = reader.values.get("boot")
    atom = reader.atom("boot", quiet=True)
    if not isinstance(text, str) or atom is None:
        return
    # QEMU reads order=TEXT as one of its options: two commas are one, and one ends the order
    end = _end_of_order(text)
    letters = text[:end].replace(",,", ",")
    at, why = _refused_letter(letters)
    if not why:
        _after_order(reader, atom, text, end + 1)
    if why:
        meant = _BOOT_WORDS.get(letters.lower())
        cure = (
            f'write "{meant}"' if meant else "write letters of a (floppy), c (disk), d (CD-ROM), n"
        )
        reader.report_word("boot.order", "boot", atom, at, letters[at : at + 1], why=why, cure=cure)


def _end_of_order(text: str) -> int:
    """Where the first comma is that is not doubled, else the end."""
    at = 0
    while (at < len(text) and text[at] != ",") or text[at : at + 2] == ",,":
        at += 2 if text[at] == "," else 1
    return at


def _after_order(reader: ConfigReader, atom: Atom, text: str, at: int) -> None:
    """What stands behind a comma, which people put between letters: QEMU wants NAME=VALUE."""
    for word in text[at:].replace(",,", "\0\0").split(","):
        name, equals, value = word.partition("=")
        flags = _BOOT_FLAGS if reader.minor < _SINCE_VALUES else ()
        if word and name not in (_BOOT_OPTIONS if equals else flags):
            letters = [one.strip() for one in text.split(",")]
            joined = "".join(letters)
            cure = "write the letters without commas"
            if name in _BOOT_FLAGS:
                cure = f"write {name}=on"
            elif joined and not set(joined) - set(_PC_LETTERS) and not _refused_letter(joined)[1]:
                cure = f'write "{joined}"'
            why = f"'{name}' behind a comma is no parameter"
        elif name in _BOOT_FLAGS and equals and value not in _SWITCHES:
            why, cure = f"Parameter '{name}' expects 'on' or 'off'", f"write {name}=on"
        elif name == "once" and _refused_letter(value)[1]:
            why, cure = _refused_letter(value)[1], "write letters as for the order itself"
        else:
            at += len(word) + 1
            continue
        reader.report_word("boot.order", "boot", atom, at, word, why=why, cure=cure)
        return


def _refused_letter(letters: str) -> tuple[int, str]:
    """Where QEMU stops reading a boot order, and what it says; ("" when it takes all of it)."""
    for at, letter in enumerate(letters):
        if not "a" <= letter <= "p":
            return at, f"Invalid boot device '{letter}'"
        if letter in letters[:at]:
            return at, f"Boot device '{letter}' was given twice"
    if len(letters) > _MOST_LETTERS:
        return _MOST_LETTERS, "Too many boot devices for PC"
    for at, letter in enumerate(letters):
        if letter not in _PC_LETTERS:
            return at, f"Invalid boot device for PC: '{letter}'"
    return 0, ""


def _spice(reader: ConfigReader) -> None:
    values = reader.values
    port, tls = values.get("spiceport") or 0, values.get("spicetls_port") or 0
    if not port and not tls:
        key = "spiceport" if "spiceport" in values else "spice"
        reader.report_key("spice.no-port", key)
    for key, number in (("spiceport", port), ("spicetls_port", tls)):
        if isinstance(number, int) and not 0 <= number <= _LAST_PORT:
            reader.report_key("spice.port", key, text=str(number))
    if port and port == tls:
        reader.report_key("spice.same-port", "spicetls_port", text=str(port))
    if values.get("spicedisable_ticketing") is not True and not values.get("spicepasswd"):
        key = "spicepasswd" if "spicepasswd" in values else "spice"
        kind = "spice.empty-password" if "spicepasswd" in values else "spice.no-password"
        reader.report_key(kind, key)
    for key, accepted in (
        ("spice_image_compression", _COMPRESSION),
        ("spice_streaming_video", _STREAMING),
    ):
        text = values.get(key)
        if isinstance(text, str) and text not in accepted:
            what = "image compression" if accepted is _COMPRESSION else "stream video control"
            reader.report_key("spice.word", key, text=text, what=what, accepted=list(accepted))
    if values.get("spicepasswd") and values.get("spicedisable_ticketing") is not True:
        _newer_spice(reader)
    channels = values.get("spiceusbredirection")
    usb = values.get("usb") is True or "usbdevice" in values
    if isinstance(channels, int) and channels > _MOST_CHANNELS and not usb:
        reader.report_key("spice.redirection", "spiceusbredirection", text=str(channels))


def _newer_spice(reader: ConfigReader) -> None:
    """libxl hands a password on in a way that newer QEMUs do not know."""
    from xlcfg.model.xl.late.emulation import SPICE_PASSWORD, newer

    if reader.minor >= SPICE_PASSWORD:
        newer(reader, "spicepasswd", "spice-password", "spice.password", "passwords of Spice",
              "Invalid parameter 'password'")  # fmt: skip


def _vnc(reader: ConfigReader) -> None:
    display = reader.values.get("vncdisplay")
    listen = reader.values.get("vnclisten")
    if isinstance(listen, str):
        listen = listen.partition(",")[0]  # further options of QEMU may follow
    with_display = isinstance(listen, str) and ":" in listen
    if isinstance(display, int) and display + _FIRST_PORT > _LAST_PORT and not with_display:
        reader.report_key("vnc.port", "vncdisplay", text=str(display),
                          most=_LAST_PORT - _FIRST_PORT)  # fmt: skip
    if with_display:
        number = str(listen).rpartition(":")[2]
        if number.isdecimal() and len(number) < _DIGITS and int(number) + _FIRST_PORT > _LAST_PORT:
            reader.report_key("vnc.port", "vnclisten", text=number, most=_LAST_PORT - _FIRST_PORT)
    if with_display and _no_display(reader, str(listen)):
        return
    number = str(listen).rpartition(":")[2] if with_display else str(display)
    key = "vnclisten" if with_display else "vncdisplay"
    if (
        number.isdecimal()
        and reader.minor >= _SINCE_UNUSED
        and reader.values.get("vncunused", True) is not False
        and _LAST_UNUSED < int(number) <= _LAST_PORT - _FIRST_PORT
    ):
        reader.report_key("vnc.unused", key, text=number, **_beyond(number))
    if isinstance(listen, str) and listen.count(":") > 1 and not listen.startswith("["):
        from socket import AF_INET6, inet_pton

        host, _, number = listen.rpartition(":")
        try:
            inet_pton(AF_INET6, host)
        except (OSError, ValueError):
            reader.report_key("vnc.listen", "vnclisten", text=listen, host=host, number=number)


def _beyond(number: str) -> dict[str, object]:
    """The facts of a display that is not among those which QEMU tries for `vncunused`."""
    display = int(number) - _FIRST_PORT
    cure = "add `vncunused = 0`, or write a display"
    if 0 <= display <= _LAST_UNUSED:
        cure = f"write {display}, the display of port {number}"
    return {"most": _LAST_UNUSED, "cure": cure}


def _no_display(reader: ConfigReader, listen: str) -> bool:
    """Whether what stands behind the last colon is no display for QEMU; reports that."""
    display = listen.rpartition(":")[2]
    if listen.startswith("unix:"):
        if reader.values.get("vncunused") is False or reader.minor < _SINCE_UNUSED:
            return False
        why = "Port range not support with UNIX socket"
        cure = "add `vncunused = 0`"
    elif re.fullmatch(r"\s*\+?[0-9]+", display):
        return False
    else:
        why = f"can't convert to a number: {display}" if display else "vnc port cannot be empty"
        cure = "write ADDRESS:DISPLAY, or the address alone"
        if listen.startswith("[") and listen.endswith("]"):
            cure = f"write {listen}:0"
    reader.report_key("vnc.display", "vnclisten", text=listen, why=why, cure=cure)
    return True


def _keymap(reader: ConfigReader) -> None:
    name = reader.values.get("keymap")
    if isinstance(name, str) and _unknown(reader, name):
        reader.report_key("keymap.unknown", "keymap", name=name, cure=_layout(name))


def _unknown(reader: ConfigReader, name: str) -> bool:
    """No keymap of QEMU, and no file either."""
    if name in _KEYMAPS_GONE and reader.minor >= _SINCE_GONE:
        return True
    return bool(name) and "/" not in name and name not in KEYMAPS.split()


def _layout(name: str) -> str:
    bare = name.lower().replace("_", "-")
    meant = {"us": "en-us", "uk": "en-gb", "gb": "en-gb", "en": "en-us", "cs": "cz", "dk": "da",
             "jp": "ja", "br": "pt-br", "se": "sv", "english": "en-us", "german": "de"}  # fmt: skip
    found = meant.get(bare) or (bare if bare in KEYMAPS.split() else "")
    return f'write "{found}"' if found else "write one of QEMU's names, such as en-us, de or fr"
