"""Scripts of U-Boot and configs of ImageBuilder on the command line, by name and in directories."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcfg.cli import run

SCRIPT = """fdt addr ${fdt_addr_r}
fdt set /chosen xen,xen-bootargs "console=dtuart tpyo=1"
fdt mknod /chosen domU0
fdt set /chosen/domU0 compatible "xen,domain"
fdt set /chosen/domU0 memory <0 0x20000>
fdt set /chosen/domU0 cpus <0>
"""
CONFIG = 'NUM_DOMUS=1\nDOMU_KERNEL[0]=a\nXEN=x\nXEN_CMD="tpyo=1"\nDEVICE_TREE=b\nMEMORY_END=8\n'
LINUX = 'setenv bootargs "root=/dev/mmcblk0p2 bogus"\nload mmc 0 1 Image\nbooti 1 - 2\n'
GUEST = 'name = "web"\nkernel = "/k"\nvcpu = 2\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder as people have it."""
    files = {
        "boot.cmd": SCRIPT,
        "linux.cmd": LINUX,
        "config": CONFIG,
        "web.cfg": GUEST,
        "notes.txt": "How to boot:\n\n    fdt addr 1\n    booti 1 - 2\n",
        "build.bash": "#!/bin/bash\nXEN_CMD=a\nNUM_DOMUS=2\nDOMU_KERNEL[0]=b\n",
        "batch.cmd": "@echo off\nset A=1\ncopy a b\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    run(["check", "--format", "concise", "--no-plugins", *arguments])
    return [line for line in capsys.readouterr().out.splitlines() if "[" in line]


def names(lines: list[str]) -> list[str]:
    return sorted(
        f"{Path(line.split(':')[0]).name} {line.split('[')[-1].split(']')[0]}" for line in lines
    )


def test_a_directory_has_all_of_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names(found(capsys, str(project))) == [
        "boot.cmd BL101", "boot.cmd DT107", "boot.cmd DT109", "config BL101", "web.cfg XL101",
    ]  # fmt: skip


def test_two_hooks_never_report_one_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(path) for path in project.iterdir()]
    hook = ("--sniff", "--force-exclude")
    guests = {n.split()[0] for n in names(found(capsys, *hook, "--only", "guests", *files))}
    hosts = {n.split()[0] for n in names(found(capsys, *hook, "--only", "host", *files))}
    assert guests == {"web.cfg"}
    assert hosts == {"boot.cmd", "config"}


def test_a_script_without_xen_is_one_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(project / "linux.cmd")]) == 2
    out = capsys.readouterr().out
    assert out.count("error[") == 1
    assert "IO007" in out


def test_guests_alone_are_found_in_a_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "piece.cmd").write_text(SCRIPT.replace("xen,xen-bootargs", "other"))
    assert names(found(capsys, str(tmp_path))) == ["piece.cmd DT107", "piece.cmd DT109"]


def test_the_tree_of_the_board(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = project / "board.dts"
    board.write_text("/dts-v1/; / { chosen { }; };")
    more = project / "more.cmd"
    more.write_text(
        'fdt addr 1\nfdt set /chosen/dom0 x <1>\nfdt set /chosen xen,xen-bootargs "a"\n'
    )
    assert "UB102" in str(found(capsys, "--dtb", str(board), str(more)))
    assert "UB102" not in str(found(capsys, str(more)))
    assert run(["check", "--dtb", str(project / "none.dtb"), str(more)]) == 2
    assert "--dtb" in capsys.readouterr().err
    assert run(["check", "--dtb", str(project / "web.cfg"), str(more)]) == 2
    assert "web.cfg: this is no device tree" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["uboot", "imagebuilder"])
def test_whatever_is_said_to_be_one(
    kind: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("web.cfg", "notes.txt", "batch.cmd"):
        run(["check", "--kind", kind, str(project / name)])
        assert "XL" not in capsys.readouterr().out


def test_riscv_is_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "--arch", "riscv"]) == 0
    assert "no runstate call on riscv64" in capsys.readouterr().out


def test_two_ways_of_a_script_are_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once of each way: an error under one condition is no warning besides under the other."""
    path = tmp_path / "boot.cmd"
    ways = 'if test "${debug}" = 1; then setenv more loglvl=al; fi\n'
    path.write_text(ways + SCRIPT.replace("tpyo=1", "${more} tpyo=1"))
    assert [line for line in found(capsys, str(path)) if "tpyo" in line] == [
        (
            f'{path}:3:58: error[BL101]: Xen 4.22 has no parameter "tpyo"; '
            'it prints: parameter "tpyo" unknown!'
        )
    ]
    run(["policy", "--no-plugins", str(path)])
    assert capsys.readouterr().out.count("(domU0)") == 1
