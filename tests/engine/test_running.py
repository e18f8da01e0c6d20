"""Guests against the domains that run: the JSON of the real xl, and what can differ in it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from diff import SHIM_HOST, SHIM_HOST_BARE
from record import load
from trees import render

import xlcfg
from support import Cli, make_linter
from xlcfg.checks.running import differences
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source
from xlcfg.model.guest import Guest
from xlcfg.model.running import Domain, RunningError, read_running

RELEASES = ("4.14", "4.17", "4.20")
CONFIG = """\
name = "web"
type = "pv"
kernel = "/boot/vmlinuz"
extra = "quiet"
memory = 512
maxmem = 1024
vcpus = 2
maxvcpus = 4
cpus = "1-2"
on_crash = "preserve"
uuid = "ad9be4e0-8e19-43a5-9b5b-d9a2b4d9a4c4"
disk = [ "/dev/vg/web,raw,xvda,rw", "/srv/data.qcow2,qcow2,xvdb,ro" ]
vif = [ "mac=00:16:3e:00:00:01,bridge=br0", "bridge=br1" ]
pci = [ "01:00.0" ]
"""
DOMAIN: dict[str, Any] = {
    "domid": 3,
    "config": {
        "c_info": {
            "type": "pv",
            "name": "web",
            "uuid": "ad9be4e0-8e19-43a5-9b5b-d9a2b4d9a4c4",
            "run_hotplug_scripts": "True",
        },
        "b_info": {
            "max_vcpus": 4,
            "avail_vcpus": [0, 1],
            "vcpu_hard_affinity": [[1, 2], [1, 2], [1, 2], [1, 2]],
            "max_memkb": 1048576,
            "target_memkb": 524288,
            "shadow_memkb": 12288,
            "sched_params": {"weight": 256, "cap": 0},
            "kernel": "/boot/vmlinuz",
            "cmdline": "quiet",
            "type.pv": {},
        },
        "disks": [
            {
                "pdev_path": "/dev/vg/web",
                "vdev": "xvda",
                "backend": "phy",
                "format": "raw",
                "script": "/etc/xen/scripts/block",
                "removable": 0,
                "readwrite": 1,
                "is_cdrom": 0,
            },
            {
                "pdev_path": "/srv/data.qcow2",
                "vdev": "xvdb",
                "backend": "qdisk",
                "format": "qcow2",
                "readwrite": 0,
            },
        ],
        "nics": [
            {"devid": 0, "mac": "00:16:3E:00:00:01", "bridge": "br0", "script": "/x/vif-bridge"},
            {"devid": 1, "mac": "00:16:3e:7a:11:22", "bridge": "br1", "nictype": "vif"},
        ],
        "pcidevs": [{"func": 0, "dev": 0, "bus": 1, "domain": 0, "vdevfn": 256}],
        "on_crash": "preserve",
        "on_reboot": "restart",
    },
}


def compared(config: str, domain: dict[str, Any], release: str = "4.17") -> list[Diagnostic]:
    (guest,) = make_linter(release, "x86_64").read_guests(Source("web.cfg", config.encode()))
    return list(differences(guest, Domain(3, domain["config"])))


@pytest.mark.parametrize("anywhere", [False, True])
@pytest.mark.parametrize("number", range(len(RELEASES)), ids=RELEASES)
def test_what_xl_makes_of_a_file_differs_in_nothing(number: int, anywhere: bool) -> None:
    """Of every recorded config that the real xl took, its own JSON."""
    table = load("configs.json.gz")
    host = None if anywhere else SHIM_HOST_BARE if table["bare"][number] else SHIM_HOST
    linter = make_linter(RELEASES[number], "x86_64", host=host)
    wrong = []
    compared = 0
    for plain, answers in table["configs"]:
        answer = answers[min(number, len(answers) - 1)]
        if answer is None:
            continue
        text = render([tuple(pair) for pair in plain])
        (guest,) = linter.read_guests(Source("x.cfg", text))
        if guest.document.refused or guest.reading.refused:
            continue
        compared += 1
        wrong += [(plain, d.message) for d in differences(guest, Domain(1, answer))]
    assert compared > 400
    assert not wrong


def test_a_domain_as_its_file_says() -> None:
    assert compared(CONFIG, DOMAIN) == []


def changed(path: str, value: Any) -> dict[str, Any]:
    domain = copy.deepcopy(DOMAIN)
    at: Any = domain["config"]
    *steps, last = path.split("/")
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if value is None:
        del at[int(last) if isinstance(at, list) else last]
    elif isinstance(at, list):
        at[int(last) :] = [*at[int(last) : int(last) + 0], value]
    else:
        at[last] = value
    return domain


@pytest.mark.parametrize(
    ("path", "value", "line", "said"),
    [
        ("b_info/target_memkb", 262144, 5, "memory 256 MiB, the file says 512 MiB"),
        ("b_info/max_memkb", 524288, 6, "maxmem 512 MiB, the file says 1024 MiB"),
        ("b_info/avail_vcpus", [0, 1, 2], 7, "3 vCPUs, the file says 2"),
        ("b_info/max_vcpus", 8, 8, "8 vCPUs at most, the file says 4"),
        ("b_info/vcpu_hard_affinity", [[3]] * 4, 9, "other CPUs than cpus says"),
        ("b_info/kernel", "/boot/old", 3, "kernel `/boot/old`, the file says `/boot/vmlinuz`"),
        ("b_info/kernel", None, 3, "kernel unset"),
        ("b_info/cmdline", "loud", 4, "extra `loud`, the file says `quiet`"),
        ("b_info/ramdisk", "/boot/initrd", 1, "runs with ramdisk `/boot/initrd`"),
        ("on_reboot", "destroy", 1, "on_reboot `destroy`, the file leaves it at `restart`"),
        ("on_poweroff", "preserve", 1, "on_poweroff `preserve`, the file leaves it at `destroy`"),
        ("c_info/type", "hvm", 2, "runs as hvm, the file says pv"),
        ("c_info/uuid", "00000000-0000-0000-0000-000000000001", 11, "uuid"),
        ("c_info/name", "web2", 1, "under the name `web2`"),
        ("on_crash", "destroy", 10, "on_crash `destroy`"),
        ("disks/1", None, 12, "no disk `xvdb`"),
        ("disks/0/pdev_path", "/dev/vg/other", 12, "the target of disk `xvda` is `/dev/vg/other`"),
        ("disks/1/readwrite", 1, 12, "write access of disk `xvdb`"),
        ("disks/2", {"vdev": "xvdc"}, 12, "also has a disk `xvdc`"),
        ("nics/0/bridge", "br9", 13, "the bridge of network interface"),
        ("nics/0/mac", "00:16:3e:00:00:09", 13, "no network interface `00:16:3e:00:00:01`"),
        ("nics/2", {"devid": 2, "mac": "00:16:3e:1:1:1"}, 13, "a network interface"),
        ("pcidevs/0", None, 14, "no PCI device 0000:01:00.0"),
        ("pcidevs/1", {"bus": 2, "func": 1}, 14, "also has a PCI device 0000:02:00.1"),
    ],
)
def test_each_difference_is_at_its_setting(path: str, value: Any, line: int, said: str) -> None:
    found = compared(CONFIG, changed(path, value))
    assert found
    assert said in found[0].message
    for one in found:
        assert one.start is not None
        assert CONFIG[: one.start].count("\n") + 1 == line


def test_each_item_of_a_list_has_its_place() -> None:
    (found,) = compared(CONFIG, changed("disks/1/format", "raw"))
    assert CONFIG[found.start : found.end] == '"/srv/data.qcow2,qcow2,xvdb,ro"'


def test_what_the_file_leaves_open_is_no_difference() -> None:
    assert compared('name = "web"\nkernel = "/boot/vmlinuz"\ntype = "pv"\n', DOMAIN) != []
    plain = copy.deepcopy(DOMAIN)
    plain["config"]["b_info"] |= {"avail_vcpus": [0], "max_vcpus": 1, "cmdline": None}
    for name in ("disks", "nics", "pcidevs", "on_crash"):
        del plain["config"][name]
    assert compared('name = "web"\nkernel = "/boot/vmlinuz"\ntype = "pv"\n', plain) == []


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ('on_reboot = "destroy"', "on_reboot", "restart"),
        ('on_crash = "destroy"', "on_crash", "restart"),
        ('on_soft_reset = "destroy"', "on_soft_reset", "soft_reset"),
        ('tsc_mode = "default"', "b_info/tsc_mode", "native"),
    ],
)
def test_a_default_that_is_written_counts(setting: str, path: str, value: str) -> None:
    config = CONFIG.replace('on_crash = "preserve"\n', "") + setting + "\n"
    domain = changed("on_crash", "destroy") if path != "on_crash" else changed(path, value)
    at: Any = domain["config"]
    *steps, last = path.split("/")
    for step in steps:
        at = at[step]
    at[last] = value
    key = setting.partition(" ")[0]
    assert [d.message for d in compared(config, domain) if key in d.message]
    at[last] = setting.split('"')[1]
    assert not [d.message for d in compared(config, domain) if key in d.message]


@pytest.mark.parametrize(
    ("setting", "path", "value", "said"),
    [
        (
            "nestedhvm = 1",
            "b_info/nested_hvm",
            None,
            "runs without nestedhvm, the file says `True`",
        ),
        ("", "b_info/nested_hvm", "True", "nestedhvm `True`, the file leaves it at `0`"),
        ("nestedhvm = 0", "b_info/nested_hvm", None, ""),
        ("", "b_info/nested_hvm", "False", ""),
        ("acpi = 1", "b_info/acpi", None, ""),
        ('soundhw = "ac97"', "b_info/type.hvm/soundhw", None, "runs without soundhw"),
        ("", "b_info/type.hvm/soundhw", "ac97", "runs with soundhw `ac97`, the file sets none"),
        ('boot = "dc"', "b_info/type.hvm/boot", None, "runs without boot, the file says `dc`"),
        ('boot = "cda"', "b_info/type.hvm/boot", None, ""),
        ("", "b_info/type.hvm/boot", "n", "boot `n`, the file leaves it at `cda`"),
    ],
)
def test_what_one_of_the_two_leaves_open(setting: str, path: str, value: Any, said: str) -> None:
    config = f'name = "web"\ntype = "hvm"\nmemory = 512\n{setting}\n'
    build: dict[str, Any] = {"target_memkb": 524288, "max_memkb": 524288, "type.hvm": {}}
    domain = {"config": {"c_info": {"type": "hvm", "name": "web"}, "b_info": build}}
    _, *steps, last = path.split("/")
    if value is not None:
        (build[steps[0]] if steps else build)[last] = value
    messages = [d.message for d in compared(config, domain)]
    assert len(messages) == bool(said)
    assert said in "".join(messages)


# ---- the file --------------------------------------------------------------------------------


def put(folder: Path, content: Any, name: str = "list.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_command(cli: Cli, tmp_path: Path) -> None:
    guest = put(tmp_path, CONFIG, "web.cfg")
    dom0 = {"domid": 0, "config": {"c_info": {"name": "Domain-0", "type": "pv"}, "b_info": {}}}
    running = put(tmp_path, [dom0, changed("b_info/target_memkb", 262144)])
    done = cli("check", guest, "--running", running)
    assert done.returncode == 1
    assert "web.cfg:5:10: warning[XH101]" in done.stdout
    assert "1 warning in 1 file." in done.stdout
    same = cli("check", guest, "--running", running, "--", "memory=256")
    assert same.returncode == 0, same.stdout
    other = put(tmp_path, CONFIG.replace('"web"', '"db"').replace("a4c4", "a4c5"), "db.cfg")
    done = cli("check", other, "--running", running)
    assert (done.returncode, "XH102" in done.stdout) == (0, True)
    # a renamed domain is known by its UUID
    renamed = put(tmp_path, CONFIG.replace('"web"', '"new"'), "web.cfg")
    assert "under the name `web`" in cli("check", renamed, "--running", running).stdout


@pytest.mark.parametrize(
    ("text", "said"), [('{"a": 1}', "of no form that is known"), ("x", "JSON")]
)
def test_what_to_give_is_said(cli: Cli, tmp_path: Path, text: str, said: str) -> None:
    guest = put(tmp_path, CONFIG, "web.cfg")
    (tmp_path / "list").write_text(text)
    done = cli("check", guest, "--running", tmp_path / "list")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "(give what `xl list -l` prints)" in done.stderr


def test_domains_without_a_file_are_told_of_a_directory(cli: Cli, tmp_path: Path) -> None:
    guests = tmp_path / "guests"
    guests.mkdir()
    put(guests, CONFIG, "web.cfg")
    other = changed("c_info/name", "stray")
    other["domid"] = 9
    other["config"]["c_info"]["uuid"] = None
    running = put(tmp_path, [DOMAIN, other])
    done = cli("check", guests, "--running", running)
    assert "domain 9, `stray`, runs and has no file here" in done.stdout
    assert "XH103" not in cli("check", guests / "web.cfg", "--running", running).stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("(domain\n  (domid 1))", "prints JSON"),
        ("[", "not JSON"),
        ("{}", "list.json: "),
        ('[{"domid": "x", "config": {"c_info": {}}}]', "list.json: "),
        ('[{"config": {"c_info": {"name": 5}}}]', "list.json: "),
        ('[{"config": {"c_info": {}, "disks": [1]}}]', "list.json: "),
        ("[" * 100000, "nested too deep"),
        ("Name ID Mem VCPUs State Time(s)\n", "not JSON"),
    ],
)
def test_another_file_is_a_usage_error(cli: Cli, tmp_path: Path, content: str, said: str) -> None:
    guest = put(tmp_path, CONFIG, "web.cfg")
    done = cli("check", guest, "--running", put(tmp_path, content))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr) < 1000


def test_every_form_that_xl_prints(tmp_path: Path) -> None:
    schema = json.loads(
        (Path(xlcfg.__file__).parent / "model/schema/running.schema.json").read_text()
    )
    for form in ([DOMAIN], DOMAIN, DOMAIN["config"], {"domid": None, "config": DOMAIN["config"]}):
        jsonschema.validate(form, schema)
        (domain,) = read_running(str(put(tmp_path, form)))
        assert domain.name == "web"
    with pytest.raises(RunningError):
        read_running(str(tmp_path / "missing"))


def test_a_guest_that_xl_refuses_is_not_compared(cli: Cli, tmp_path: Path) -> None:
    guest = put(tmp_path, 'name = "web"\nvcpus = two\n', "web.cfg")
    done = cli("check", guest, "--running", put(tmp_path, [DOMAIN]))
    assert "XH101" not in done.stdout


def test_odd_values_of_a_domain_raise_nothing() -> None:
    (guest,) = make_linter("4.17", "x86_64").read_guests(Source("web.cfg", CONFIG.encode()))
    assert isinstance(guest, Guest)
    for value in (None, [], {}, "x", 1.5, True, [[]], {"a": []}):
        for path in ("b_info", "disks", "nics", "pcidevs", "c_info/uuid", "c_info/type"):
            domain = copy.deepcopy(DOMAIN)
            at: Any = domain["config"]
            *steps, last = path.split("/")
            for step in steps:
                at = at[step]
            at[last] = value
            list(differences(guest, Domain(1, domain["config"])))
        for key in DOMAIN["config"]["b_info"]:
            domain = copy.deepcopy(DOMAIN)
            domain["config"]["b_info"][key] = value
            list(differences(guest, Domain(1, domain["config"])))
        for key in DOMAIN["config"]["disks"][0]:
            domain = copy.deepcopy(DOMAIN)
            domain["config"]["disks"][0][key] = value
            list(differences(guest, Domain(1, domain["config"])))
