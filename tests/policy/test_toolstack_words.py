"""Findings about the options of the policy name what stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import Cli

_DTS = """/dts-v1/;
/ {{
	chosen {{
		domU1 {{
			compatible = "xen,domain";
			#address-cells = <1>; #size-cells = <1>;
			cpus = <1>; memory = <0x0 0x20000>;
			xen,runstate-translation{value};
			module@42000000 {{
				compatible = "multiboot,kernel", "multiboot,module";
				reg = <0x42000000 0x100000>;
			}};
		}};
	}};
}};
"""
_XML = """<domain type='xen'>
  <name>g</name><memory unit='MiB'>512</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='xenpvh'>xenpvh</type><kernel>/boot/vmlinuz</kernel></os>
  <metadata>
    <x:runstate xmlns:x="https://xlcfg.org/xmlns/libvirt/1.0" translation="bogus"/>
  </metadata>
</domain>
"""
_CFG = 'name = "g"\nkernel = "/boot/vmlinuz"\nrunstate_translation = {}\n'


@pytest.mark.parametrize(
    ("file", "text", "name", "value"),
    [
        ("g.dts", _DTS.format(value=' = "bogus"'), "xen,runstate-translation", "`bogus`"),
        ("g.dts", _DTS.format(value=""), "xen,runstate-translation", "empty"),
        ("g.xml", _XML, "x:runstate", "`bogus`"),
        ("g.cfg", _CFG.format('"bogus"'), "runstate_translation", "`bogus`"),
        ("g.cfg", _CFG.format('[ "new" ]'), "runstate_translation", "a list"),
    ],
)
def test_what_stands_there_is_named(
    cli: Cli, tmp_path: Path, file: str, text: str, name: str, value: str
) -> None:
    path = tmp_path / file
    path.write_text(text)
    said = cli("check", path).stdout
    assert f"warning[RS001]: `{name}` cannot be {value}\n" in said
    assert f"info[RS002]: no released Xen implements `{name}`: " in said
