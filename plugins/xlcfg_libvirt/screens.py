"""Screens of domain XML: graphics and video, which xl has single keys for, or `vfb` strings."""

from __future__ import annotations

from xlcfg_libvirt import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg_libvirt.settings import GuestSettings, Place
    from xlcfg_libvirt.xml import Element, Value

    #: a key of xl, its value, and the place of that
    Word = tuple[str, str, Place]


def graphics(reader: GuestSettings, devices: Element) -> None:
    """Every screen: keys of an HVM guest, a `vfb` string for others."""
    vfbs: list[tuple[object, Place]] = []
    screens = devices.all("graphics")
    if reader.hvm:
        first = screens[0] if screens else None
        shown = next((s for s in screens if s.get("type") == "spice"), first)
        for other in screens:
            if other is not shown:
                other.whole()
                reader.lose(f'<graphics type="{other.get("type")}">', names.ONE_SCREEN, other)
        screens = [shown] if shown is not None else []
    for screen in screens:
        for listen in screen.all("listen"):
            listen.seen_attributes.add("type")
        kind = screen.get("type")
        screen.seen_attributes.update(("autoport", "port", "listen"))
        words = _screen(reader, screen, kind)
        if words is None:
            screen.seen = False
        elif not reader.hvm:
            vfbs.append((",".join([f"type={kind}", *(f"{k}={v}" for k, v, _ in words)]), screen))
        else:
            for name in ("vnc", "sdl"):
                if not any(s.name == name for s in reader.document.settings):
                    reader.put(name, kind == name, screen)
            if kind == "spice":
                reader.put("spice", 1, screen)
            for key, value, at in words:
                reader.put(key, int(value) if key in names.NUMBERS else value, at)
    reader.put_list("vfb", vfbs, devices)


def _screen(reader: GuestSettings, graphics: Element, kind: str) -> list[Word] | None:
    """What xl's keys say of one screen; None for a kind that Xen has not."""
    words: list[Word] = []

    def add(key: str, value: str, at: Place | None = None) -> None:
        words.append((key, value, at or graphics))

    # asked for whatever the kind, so that it does not count as lost
    address, password = _address(graphics), graphics.value("passwd")
    if kind == "vnc":
        _vnc(graphics, address, password, add)
    elif kind == "sdl":
        for attribute, key in (("display", "display"), ("xauth", "xauthority")):
            found = graphics.value(attribute)
            if found is not None:
                add(key, found.text, found)
    elif kind == "spice" and reader.hvm:
        _spice(graphics, address, password, add)
    else:
        return None
    return words


def _address(graphics: Element) -> Value | None:
    """Where the screen is offered: the element for it counts before the attribute."""
    listen = graphics.find("listen")
    if listen is not None and listen.value("address") is not None:
        return listen.value("address")
    return graphics.value("listen")


def _vnc(
    graphics: Element, address: Value | None, password: Value | None, add: Callable[..., None]
) -> None:
    port = graphics.value("port")
    auto = graphics.get("autoport") == "yes" or port is None or port.text == "-1"
    add("vncunused", "1" if auto else "0", graphics.attributes.get("autoport"))
    if not auto and port is not None and port.text.isdigit() and len(port.text) < 7:
        add("vncdisplay", str(int(port.text) - 5900), port)
    if address is not None:
        add("vnclisten", address.text, address)
    if password is not None:
        add("vncpasswd", password.text, password)
    keymap = graphics.value("keymap")
    if keymap is not None:
        add("keymap", keymap.text, keymap)


def _spice(
    graphics: Element, address: Value | None, password: Value | None, add: Callable[..., None]
) -> None:
    if address is not None:
        add("spicehost", address.text, address)
    for attribute, key in (("port", "spiceport"), ("tlsPort", "spicetls_port")):
        found = graphics.value(attribute)
        if found is not None and found.text.isdigit() and len(found.text) < 7:
            add(key, found.text, found)
    add("spicedisable_ticketing", "0" if password is not None else "1", password)
    if password is not None:
        add("spicepasswd", password.text, password)
    mouse = graphics.find("mouse")
    if mouse is not None:
        client = mouse.get("mode") == "client"
        add("spiceagent_mouse", "1" if client else "0", mouse)
    clipboard = graphics.find("clipboard")
    copy = clipboard is not None and clipboard.get("copypaste") == "yes"
    if (mouse is not None and mouse.get("mode") == "client") or copy:
        add("spicevdagent", "1", mouse or clipboard)
    if clipboard is not None:
        add("spice_clipboard_sharing", "1" if copy else "0", clipboard)


def video(reader: GuestSettings, devices: Element) -> None:
    """The graphics card of an HVM guest and its memory."""
    cards = devices.all("video")
    if not reader.hvm:
        return
    for card in cards[1:]:
        reader.lose("<video>", "libvirt gives a Xen guest the first graphics card only", card)
    if not cards and not devices.all("graphics"):
        # nobody is to look at it: xl's own default would be a card and VNC
        for name, value in (("vnc", 0), ("sdl", 0), ("nographic", 1), ("vga", "none")):
            reader.put(name, value, devices)
    model = cards[0].find("model") if cards else None
    if model is None:
        return
    model.seen_attributes.update(("heads", "primary", "vram", "ram", "vgamem"))
    kind = model.get("type")
    default, name = names.VIDEO.get(kind, (0, ""))
    if not default:
        if kind != "none":
            reader.lose(f'type="{kind}" of <video>', names.REFUSED, model)
        else:
            reader.put("vga", "none", model)
        return
    if kind != "cirrus":
        reader.put("vga", name, model)
    vram = model.value("vram")
    if vram is None or not vram.text.isdigit() or len(vram.text) > 11:
        return
    if int(vram.text) != default:
        reader.put("videoram", -(-int(vram.text) // 1024), vram)
