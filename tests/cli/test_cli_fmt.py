"""`xlcfg fmt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import Cli

MESSY = 'name="x"\nvif=["a"] # c\n'
CLEAN = 'name = "x"\nvif = [ "a" ]  # c\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "x.cfg"
    path.write_text(MESSY)
    return path


def test_a_file_is_formatted(cli: Cli, config: Path) -> None:
    done = cli("fmt", config)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "xlcfg: 1 file formatted\n"
    assert config.read_text() == CLEAN
    done = cli("fmt", config)
    assert (done.returncode, done.stderr) == (0, "xlcfg: 1 file left as it is\n")


def test_check_only_tells(cli: Cli, config: Path) -> None:
    done = cli("fmt", "--check", config)
    assert done.returncode == 1
    assert config.read_text() == MESSY
    assert done.stderr.endswith("x.cfg\nxlcfg: 1 file would be formatted\n")
    config.write_text(CLEAN)
    assert cli("fmt", "--check", config).returncode == 0


def test_diff_shows(cli: Cli, config: Path) -> None:
    done = cli("fmt", "--diff", config.name, cwd=config.parent)
    assert done.returncode == 1
    assert config.read_text() == MESSY
    assert done.stdout == (
        '--- x.cfg\n+++ x.cfg\n@@ -1,2 +1,2 @@\n-name="x"\n-vif=["a"] # c\n'
        '+name = "x"\n+vif = [ "a" ]  # c\n'
    )


def test_standard_input(cli: Cli) -> None:
    for text in (MESSY, CLEAN):
        done = cli("fmt", "-", stdin=text.encode())
        assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN, "")
    assert cli("fmt", "--check", "-", stdin=MESSY.encode()).returncode == 1


def test_a_refused_file_is_left_alone(cli: Cli, config: Path) -> None:
    other = config.parent / "y.cfg"
    other.write_text("name = web\nvcpus = 2\n")
    done = cli("fmt", config, other)
    assert done.returncode == 1
    assert config.read_text() == CLEAN
    assert other.read_text() == "name = web\nvcpus = 2\n"
    assert "y.cfg:1:8: error[XL005]" in done.stderr
    done = cli("fmt", "-", stdin=b"name = web\n")
    assert (done.returncode, done.stdout) == (1, "")


def test_directories_and_what_is_no_guest(cli: Cli, config: Path) -> None:
    config.write_text(MESSY + "memory=5\nvcpus=2\n")
    boot = config.parent / "grub.cfg"
    boot.write_text("menuentry 'Xen' {\n\tmultiboot2 /boot/xen.gz  dom0_mem=1G\n}\n")
    before = boot.read_text()
    done = cli("fmt", config.parent)
    assert done.returncode == 0
    assert config.read_text() == CLEAN + "memory = 5\nvcpus = 2\n"
    assert boot.read_text() == before
    assert cli("fmt", boot).returncode == 0
    assert boot.read_text() == before


def test_unreadable(cli: Cli, tmp_path: Path) -> None:
    done = cli("fmt", tmp_path / "none.cfg")
    assert done.returncode == 2
    assert "IO001" in done.stderr
    assert cli("fmt", "-", "x.cfg").returncode == 2


def test_guests_of_other_toolstacks_are_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.cfg").write_text("name='a'\nvcpus=1\n")
    (tmp_path / "b.xml").write_text("<domain type='xen'><name>b</name></domain>\n")
    done = cli("fmt", "--check", tmp_path)
    assert done.stderr.count("\n") == 2, done.stderr
    assert "1 file would be formatted" in done.stderr
    assert cli("fmt", "--check", "--sniff", tmp_path / "b.xml").returncode == 0
    text = (tmp_path / "b.xml").read_text()
    done = cli("fmt", "--sniff", "--stdin-filename", "b.xml", stdin=text.encode())
    assert (done.returncode, done.stdout) == (0, text), "as the file"
    done = cli("fmt", "--check", tmp_path / "b.xml")
    assert (done.returncode, "XL001" in done.stderr) == (1, True)


def test_named_files_that_are_no_guests_are_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "xl.conf").write_text('autoballoon="off"\n')
    (tmp_path / "x.cfg").write_text(CLEAN)
    (tmp_path / "d.xml").write_text('<domain type="xen"><name>d</name></domain>\n')
    done = cli("fmt", "xl.conf", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "xlcfg: xl.conf: no guest config (xl.conf): left as it is\n"
    assert cli("fmt", "--sniff", "xl.conf", cwd=tmp_path).stderr == ""
    done = cli("fmt", "--exclude", "*", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr[:28]) == (0, "xlcfg: nothing was formatted")
    assert cli("fmt", ".", cwd=tmp_path).stderr == "xlcfg: 1 file left as it is\n"
    # --fix mends no XML
    done = cli("fmt", "d.xml", cwd=tmp_path)
    assert done.returncode == 1
    assert "`xlcfg convert FILE --to xl`" in done.stderr
    assert done.stderr.endswith("1 file not formatted, as it is no guest config of xl's\n")
