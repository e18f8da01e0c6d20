"""What Xen does with its words: the rules of its parser, release by release.

The messages are the ones Xen prints on its console; what is expected of them follows from Xen's
own sources of each release.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlcfg.catalogue import BootParameter, UnknownReleaseError, boot_parameters, releases
from xlcfg.catalogue import ParameterKind as CatalogueKind
from xlcfg.core.diagnostics import ERROR, INFO, WARNING
from xlcfg.model.boot import ARCHITECTURES, BootLine, read_boot_line
from xlcfg.model.boot.line import DOM0, EFFECTS, IGNORED, INVALID, UNKNOWN, USED
from xlcfg.rules.boot import finding_words, severity


def read(line: str, release: str = "4.17", arch: str = "x86") -> BootLine:
    return read_boot_line(line, release, arch)


def messages(line: str, release: str = "4.17", arch: str = "x86") -> list[str]:
    return read(line, release, arch).xen_messages()


def kinds(line: str, release: str = "4.17", arch: str = "x86") -> list[str]:
    return [finding.kind for finding in read(line, release, arch).findings]


def unknown(name: str) -> str:
    return f'parameter "{name}" unknown!'


def invalid(name: str, value: str, rc: int = -22) -> str:
    return f'parameter "{name}" has invalid value "{value}", rc={rc}!'


# Words.


def test_a_good_line_has_nothing_to_report() -> None:
    line = read("dom0_mem=4G,max:4G com1=115200,8n1 console=com1,vga loglvl=all sync_console")
    assert line.xen_messages() == []
    assert line.findings == []
    assert {word.effect for word in line.words} == {USED}


def test_unknown_words_keep_the_prefix_as_typed() -> None:
    assert messages("foo=1 no-bar x=") == [unknown("foo"), unknown("no-bar"), unknown("x")]


@pytest.mark.parametrize("release", ["4.4", "4.7", "4.9"])
def test_before_4_10_xen_is_silent(release: str) -> None:
    line = read("foo=1 com1=115200 loglvl=nonsense", release)
    assert line.xen_messages() == []
    assert [w.effect for w in line.words] == [IGNORED, USED, IGNORED]
    assert {severity(f) for f in line.findings} == {WARNING}


def test_from_4_10_on_what_xen_reports_is_an_error() -> None:
    line = read("foo=1 loglvl=nonsense", "4.10")
    assert [w.effect for w in line.words] == [UNKNOWN, INVALID]
    assert [severity(f) for f in line.findings] == [ERROR, ERROR]


@pytest.mark.parametrize(("release", "limit"), [("4.9", 99), ("4.10", 127), ("4.22", 127)])
def test_long_words_are_cut_and_then_read(release: str, limit: int) -> None:
    text = "x" * 200
    line = read(f"sync_console {text}", release)
    assert line.words[1].read.text == "x" * limit
    cut = next(f for f in line.findings if f.kind == "cut")
    assert (cut.start, cut.end) == (13 + limit, 13 + 200)
    if line.reports:
        assert line.xen_messages() == [unknown("x" * limit)]


def test_a_cut_can_take_the_value_along() -> None:
    # 120 characters of an unknown option and a sub-option that the cut makes another one.
    value = "verbose," * 15 + "debug"
    line = read(f"iommu={value}")
    assert line.words[0].read.value == value[:121]
    assert line.xen_messages() == [invalid("iommu", value[:121])]


def test_nothing_quotes() -> None:
    line = read('com1="115200 8n1"')
    assert [w.word.text for w in line.words] == ['com1="115200', '8n1"']
    assert line.xen_messages() == [unknown('8n1"')]
    assert [f.kind for f in line.findings].count("quoted") == 2


def test_a_tab_belongs_to_the_word() -> None:
    line = read("sync_console\tnoreboot")
    assert line.xen_messages() == [unknown("sync_console\tnoreboot")]
    assert "not-space" in [f.kind for f in line.findings]


def test_spaces_around_the_equals_sign() -> None:
    line = read("maxcpus = 4")
    assert line.xen_messages() == [unknown(""), unknown("4")]
    assert "blank-around-equals" in [f.kind for f in line.findings]


def test_a_nul_ends_the_line() -> None:
    assert messages("foo\0bar") == [unknown("foo")]


# The image name and the part for dom0.


def test_the_image_name_is_no_word() -> None:
    line = read_boot_line("  /boot/xen.gz  sync_console", "4.17", "x86", image_name=True)
    assert [w.word.text for w in line.words] == ["sync_console"]
    assert line.words[0].word.start == 16
    assert read_boot_line("xen.gz", "4.17", "x86", image_name=True).words == []


def test_x86_ends_its_options_at_the_dashes() -> None:
    line = read("sync_console --  root=/dev/sda1 quiet -- x")
    assert [(w.word.text, w.effect) for w in line.words] == [
        ("sync_console", USED),
        ("root=/dev/sda1", DOM0),
        ("quiet", DOM0),
        ("--", DOM0),
        ("x", DOM0),
    ]
    assert line.dom0_start == 17
    assert line.xen_messages() == []


def test_arm_does_not_know_the_dashes() -> None:
    assert messages("sync_console -- quiet", arch="arm64") == [unknown("--"), unknown("quiet")]


@pytest.mark.parametrize("text", ["sync_console --", "-- quiet", "sync_console ---"])
def test_dashes_without_spaces_around_them_are_a_word(text: str) -> None:
    line = read(text)
    assert unknown(text.split()[-1] if text[0] == "s" else "--") in line.xen_messages()
    assert "dashes" in [f.kind for f in line.findings]


# Booleans.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ats", True),
        ("ats=", True),
        ("ats=yes", True),
        ("ats=on", True),
        ("ats=true", True),
        ("ats=enable", True),
        ("ats=1", True),
        ("ats=no", False),
        ("ats=off", False),
        ("ats=false", False),
        ("ats=disable", False),
        ("ats=0", False),
        ("no-ats", False),
        ("no-ats=1", False),
        ("no-ats=off", True),
        ("ats no-ats", False),
    ],
)
def test_booleans(text: str, value: bool) -> None:
    for release in ("4.9", "4.17"):
        assert read(text, release).value("ats") is value


def test_other_text_for_a_boolean() -> None:
    # parse_bool() answers -1, which is not an errno on purpose.
    assert messages("ats=Yes") == [invalid("ats", "Yes", -1)]
    assert read("ats=Yes").value("ats") is None
    assert read("ats=Yes", "4.9").value("ats") is True
    assert kinds("no-ats=off") == ["double-negative"]


# Integers.


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("maxcpus=16", 16, None),
        ("maxcpus=0x10", 16, None),
        ("maxcpus=0X1f", 31, None),
        ("maxcpus=010", 8, None),
        ("maxcpus=", 0, None),
        ("maxcpus=4cores", 4, -22),
        ("maxcpus=08", 0, -22),
        ("maxcpus=0x", 0, -22),
        ("maxcpus=+4", 0, -22),
        ("maxcpus=-1", 2**32 - 1, None),
        ("maxcpus=4294967295", 2**32 - 1, None),
        ("maxcpus=4294967296", None, -75),
        ("maxcpus=-2147483649", None, -75),
        ("maxcpus=4294967296x", None, -22),
        ("irq-max-guests=255", 255, None),
        ("irq-max-guests=256", None, -75),
        ("hardware_dom=65535", 65535, None),
        ("hardware_dom=65536", None, -75),
        ("sched_ratelimit_us=-1", -1, None),
    ],
)
def test_integers(text: str, value: int | None, said: int | None) -> None:
    name, _, given_value = text.partition("=")
    line = read(text)
    assert line.value(name) == value
    assert line.xen_messages() == ([invalid(name, given_value, said)] if said else [])


def test_integers_before_4_10_are_truncated_and_their_rest_is_ignored() -> None:
    assert read("maxcpus=4cores", "4.9").value("maxcpus") == 4
    assert read("maxcpus=4294967297", "4.9").value("maxcpus") == 1


def test_no_means_nothing_to_a_number() -> None:
    line = read("no-maxcpus=5")
    assert line.value("maxcpus") == 5
    assert [f.kind for f in line.findings] == ["no-ignored"]


# Sizes.


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("mem=2G", 2 << 30, None),
        ("mem=2g", 2 << 30, None),
        ("mem=1T", 1 << 40, None),
        ("mem=512M", 512 << 20, None),
        ("mem=64k", 64 << 10, None),
        ("mem=4096B", 4096, None),
        ("mem=4096", 4096 << 10, None),
        ("mem=0x10M", 16 << 20, None),
        ("mem=2GB", 2 << 30, -22),
        ("mem=2Q", 2 << 10, -22),
        ("mem=50%", 50, -22),
        ("conring_size=4G", None, -75),
        ("conring_size=3G", 3 << 30, None),
    ],
)
def test_sizes(text: str, value: int | None, said: int | None) -> None:
    name, _, given_value = text.partition("=")
    line = read(text)
    assert line.value(name) == value
    assert line.xen_messages() == ([invalid(name, given_value, said)] if said else [])


def test_a_size_without_a_unit_counts_kib() -> None:
    (finding,) = read("conring_size=65536").findings
    assert (finding.kind, severity(finding), finding.args["number"]) == ("kib", INFO, 65536 << 10)


def test_4_4_has_no_tebibytes() -> None:
    assert read("mem=1T", "4.4").value("mem") == 1 << 10
    assert read("mem=1T", "4.5").value("mem") == 1 << 40


def test_a_size_may_wrap_around() -> None:
    line = read("mem=16777217T")
    assert line.value("mem") == 1 << 40
    assert [f.kind for f in line.findings] == ["wrapped"]
    assert line.xen_messages() == []


# Strings.


def test_strings_are_cut_to_their_buffer() -> None:
    line = read("sched=credit2xyzzy")
    assert line.value("sched") == "credit2xy"
    assert {"string-cut", "unknown-value"} <= {f.kind for f in line.findings}
    assert line.xen_messages() == []


def test_console_names() -> None:
    assert kinds("console=com1,vga") == []
    assert kinds("console=dtuart", arch="arm64") == []
    assert kinds("console=vga,tty0") == ["bad-console"]
    assert kinds("console=tty0") == ["no-console-left"]
    assert kinds("console=com2", arch="arm64") == ["no-console-left"]
    assert kinds("console=vga", arch="arm64") == ["unknown-value"]


# Custom parameters.


def test_no_calls_the_handler_with_no() -> None:
    assert messages("no-xpti no-spec-ctrl no-watchdog") == []
    assert messages("no-xpti=1") == [invalid("no-xpti", "1")]
    assert read("no-xpti", "4.4").xen_messages() == []


def test_a_refused_no_hides_the_name() -> None:
    # Xen puts "no" where the name was, so this is all its message can say.
    line = read("no-loglvl")
    assert line.xen_messages() == [invalid("no", "no")]
    assert line.findings[0].args["name"] == "loglvl"


@pytest.mark.parametrize(
    ("line", "release", "rc"),
    [
        # dom0_mem
        ("dom0_mem=1024M,max:1024M", "4.17", 0),
        ("dom0_mem=1024M,max=1024M", "4.17", -22),
        ("dom0_mem=1024M,max=1024M", "4.10", -22),
        ("dom0_mem=min:1G,max:50%", "4.17", 0),
        ("dom0_mem=1G+10%", "4.17", 0),
        ("dom0_mem=10%+1G", "4.17", -22),
        ("dom0_mem=100%", "4.17", -22),
        ("dom0_mem=10%", "4.11", -22),
        ("dom0_mem=-512M", "4.17", 0),
        ("dom0_mem=", "4.17", -22),
        ("dom0_mem=", "4.11", 0),
        ("dom0_mem=1G,", "4.17", -22),
        # lists of booleans
        ("iommu=no-sharept,verbose,debug", "4.17", 0),
        ("iommu=dom0-passthrough", "4.17", 0),
        ("iommu=passthrough", "4.17", -22),
        ("iommu=verbose=2", "4.17", -22),
        ("iommu=no-verbose=1", "4.12", 0),
        ("iommu=no-verbose=1", "4.13", -22),
        ("iommu=superpages", "4.16", -22),
        ("iommu=superpages", "4.17", 0),
        ("iommu=workaround_bios_bug", "4.11", 0),
        ("iommu=workaround_bios_bug", "4.12", -22),
        ("iommu=quarantine=scratch-page", "4.15", -22),
        ("iommu=quarantine=scratch-page", "4.16", 0),
        ("ept=exec-sp=1", "4.11", -22),
        ("ept=exec-sp=1", "4.12", 0),
        ("xpti=dom0=0,domu", "4.17", 0),
        ("xpti", "4.17", 0),
        ("pv-l1tf=dom0,,domu", "4.17", -22),
        ("pci=quirks", "4.21", -22),
        ("pci=quirks", "4.22", 0),
        # spec-ctrl
        ("spec-ctrl=no", "4.17", 0),
        ("spec-ctrl=yes", "4.17", -22),
        ("spec-ctrl=no-xen", "4.17", 0),
        ("spec-ctrl=xen", "4.17", -22),
        ("spec-ctrl=rsb=no-pv", "4.17", 0),
        ("spec-ctrl=rsb=no-pv", "4.12", -22),
        ("spec-ctrl=bti-thunk=retpoline,ibrs=0", "4.17", 0),
        ("spec-ctrl=bti-thunk=lfense", "4.17", -22),
        ("spec-ctrl=eager-fpu", "4.21", 0),
        ("spec-ctrl=eager-fpu", "4.22", -22),
        # words
        ("bootscrub=idle", "4.17", 0),
        ("bootscrub=fast", "4.17", -22),
        ("console_timestamps=raw", "4.11", -22),
        ("console_timestamps=raw", "4.12", 0),
        ("acpi=off", "4.17", 0),
        ("acpi=on", "4.17", -22),
        ("acpi=verbose", "4.14", -22),
        ("tsx", "4.17", -22),
        ("tsc=stable:socket", "4.17", 0),
        ("flask=enforcing", "4.17", 0),
        ("x2apic-mode=cluster", "4.19", 0),
        ("x2apic-mode=cluster", "4.20", -22),
        # numbers
        ("gnttab_max_frames=64", "4.17", 0),
        ("gnttab_max_frames=2147483648", "4.17", -34),
        ("gnttab_max_frames=64K", "4.17", -22),
        ("gnttab=max-ver:1", "4.17", 0),
        ("gnttab=max-ver:3", "4.17", -22),
        ("watchdog_timeout=5s", "4.17", -22),
        ("dom0_max_vcpus=1-16", "4.17", 0),
        ("dom0_max_vcpus=-8", "4.17", 0),
        ("dom0_max_vcpus=4,8", "4.17", -22),
        ("ucode=scan", "4.10", 0),
        ("ucode=scan,nmi=0", "4.13", 0),
        ("ucode=-1", "4.17", 0),
        ("ucode=", "4.21", 0),
        ("ucode=", "4.22", -22),
        ("max_cstate=1,junk", "4.13", 0),
        ("max_cstate=1,junk", "4.12", -22),
        # forms of their own
        ("loglvl=info/all", "4.17", 0),
        ("loglvl=7", "4.17", -22),
        ("guest_loglvl=", "4.17", 0),
        ("crashkernel=256M,below=4G", "4.17", 0),
        ("crashkernel=256M@16M", "4.17", 0),
        ("crashkernel=256M", "4.12", -22),
        ("crashkernel=256M", "4.13", 0),
        ("crashkernel=0-2G:64M,2G-:128M@16M", "4.17", 0),
        ("crashkernel=2G-1G:64M", "4.17", -22),
        ("crashkernel", "4.17", -22),
        ("cpufreq=xen", "4.17", -22),
        ("cpufreq=xen", "4.18", 0),
        ("cpufreq=xen:performance", "4.17", 0),
        ("cpufreq=xen:hwp,verbose", "4.17", -22),
        ("cpufreq=hwp;xen", "4.18", 0),
        ("cpufreq=hwp;xen;xen", "4.20", -7),
        ("cpufreq=dom0-kernel", "4.17", 0),
        ("cpuid=no-avx,rdrand", "4.17", 0),
        ("cpuid=avx2", "4.12", -22),
        ("cpuid=nosuchthing", "4.17", -22),
        # The binary search takes `=` for a letter behind `-` and the digits.
        ("cpuid=avx=no", "4.17", -22),
        ("psr=cmt:1,rmid_max:200", "4.17", 0),
        ("psr=c", "4.17", 0),
        ("psr=cat=1", "4.17", -22),
        ("psr=mba", "4.10", -22),
        ("vpmu=1,bts", "4.11", -22),
        ("vpmu=1,bts", "4.12", 0),
        ("memop-max-order=9,10,11,12", "4.14", -22),
        ("memop-max-order=9,10,11,12", "4.15", 0),
        ("ivrs_ioapic[6]=00:14.0", "4.17", 0),
        ("ivrs_ioapic[6]=0:00:14.0", "4.17", 0),
        ("ivrs_ioapic[6]=14.0", "4.17", -22),
        ("ivrs_hpet[0x10000]=00:14.0", "4.17", -22),
        ("pci-phantom=05:00,1", "4.17", 0),
        ("pci-phantom=05:00,3", "4.17", -22),
        ("rmrr=0x1000-0x1001=0:0:1a.0", "4.17", 0),
        ("rmrr=0x1000-0x2000=0:0:1a.0", "4.17", -7),
        ("rmrr=0x1000-0x2000=0:0:1a.0", "4.16", 0),
        ("ivmd=e0000-e0001=0:1.0-0:2.0", "4.17", 0),
        ("ivmd=e0001-e0000", "4.17", -22),
        ("reboot=no,x", "4.17", 0),
        ("reboot=q", "4.17", -22),
        ("viridian-version=6,1,0x1db1", "4.17", 0),
        ("viridian-version=6,1", "4.17", -22),
        ("dom0_nodes=0,relaxed", "4.17", 0),
        ("dom0_nodes=", "4.17", -22),
        ("extra_guest_irqs=,", "4.17", 0),
        ("shim_mem=min:1G,2G", "4.17", 0),
        ("debugtrace=cpu:64K", "4.17", 0),
        ("numa=fake=4", "4.17", 0),
        ("numa=auto", "4.17", -22),
        ("dom0=pvh,verbose=1", "4.17", 0),
        ("dom0=msr-relaxed", "4.14", -22),
    ],
)
def test_handlers(line: str, release: str, rc: int) -> None:
    found = read(line, release)
    name, _, value = line.partition("=")
    assert found.words[0].rc == rc
    assert found.xen_messages() == ([invalid(name, value, rc)] if rc else [])
    assert [severity(f) for f in found.findings if severity(f) == ERROR] == [ERROR] * bool(rc)


@pytest.mark.parametrize(
    ("line", "release", "rc"),
    [
        ("dom0_mem=1G", "4.17", 0),
        ("dom0_mem=1G,max:1G", "4.17", -22),
        ("dom0_max_vcpus=1-4", "4.17", -22),
        ("spec-ctrl=ssbd=runtime", "4.12", 0),
        ("spec-ctrl=no", "4.17", -22),
        ("dom0=sve=256", "4.18", 0),
        ("dom0=pvh", "4.18", -22),
        ("iommu=superpages", "4.17", -22),
        ("acpi=ht", "4.17", -22),
        ("vwfi=anything", "4.17", 0),
        ("xen-llc-colors=0-3,8", "4.20", 0),
        ("xen-llc-colors=3-0", "4.20", -22),
    ],
)
def test_handlers_of_arm(line: str, release: str, rc: int) -> None:
    name, _, value = line.partition("=")
    assert messages(line, release, "arm64") == ([invalid(name, value, rc)] if rc else [])


def test_handlers_count_what_they_were_given() -> None:
    line = " ".join(["pci-phantom=05:00,1"] * 9)
    assert messages(line) == [invalid("pci-phantom", "05:00,1", -7)]


def test_what_a_list_refuses_has_its_place() -> None:
    text = "sync_console iommu=verbose,nosuch,debug,other=1"
    line = read(text)
    assert [text[f.start : f.end] for f in line.findings] == ["nosuch", "other=1"]
    # The rest of it takes effect.
    assert line.suboptions("iommu") == {"verbose": True, "debug": True}
    assert line.value("iommu") == "verbose,nosuch,debug,other=1"


def test_one_word_gives_one_message() -> None:
    assert len(messages("iommu=a,b,c")) == 1


# Which release and which architecture has what.


def test_removed_parameters_name_their_replacement() -> None:
    (finding,) = read("dom0pvh=1", "4.17").findings
    assert (finding.kind, severity(finding)) == ("removed", ERROR)
    assert finding.args["last"] == "4.8"
    assert "dom0=pvh" in finding_words(finding)[2]


def test_parameters_that_came_later() -> None:
    assert kinds("llc-coloring=on", "4.17", "arm64") == ["not-yet"]
    assert kinds("llc-coloring=on", "4.20", "arm64") == []


def test_a_point_release_may_not_have_it_yet() -> None:
    assert messages("dit", "4.17.2") == [unknown("dit")]
    assert messages("dit", "4.17.3") == []
    assert messages("dit", "4.17") == []


def test_parameters_of_another_architecture() -> None:
    assert kinds("dtuart=serial0") == ["other-arch"]
    assert kinds("cpufreq=xen", arch="arm64") == ["other-arch"]


@pytest.mark.parametrize("release", ["4.14", "4.15", "4.17", "4.22"])
@pytest.mark.parametrize(
    "word", ["no-real-mode", "real-mode", "edd=off", "dom0_shadow", "wallclock"]
)
def test_no_release_is_advised_where_none_has_it_on_this_machine(word: str, release: str) -> None:
    assert kinds(word, release, "arm64") == ["other-arch"]


def test_the_early_word_of_x86_works_on_x86() -> None:
    assert kinds("no-real-mode", "4.14") == ["early"]
    assert kinds("no-real-mode", "4.22") == []
    assert messages("dom0=pvh", "4.17", "arm64") == [unknown("dom0")]


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ("4.9", []),
        ("4.10", ["placeholder", "no-real-mode", "edd", "edid"]),
        ("4.11", ["placeholder", "no-real-mode", "edd", "edid"]),
        ("4.12", ["no-real-mode", "edd", "edid"]),
        ("4.14", ["no-real-mode", "edd", "edid"]),
        ("4.15", ["no-real-mode"]),
        ("4.16", []),
        ("4.22", []),
    ],
)
def test_words_of_the_early_boot_code(release: str, said: list[str]) -> None:
    text = "placeholder no-real-mode edd=off edid=no"
    assert messages(text, release) == [unknown(name) for name in said]


def test_4_15_registers_a_name_nobody_can_type() -> None:
    assert messages("no-no-real-mode", "4.15") == []


def test_options_of_linux() -> None:
    line = read("quiet root=/dev/sda1 ro")
    assert [f.kind for f in line.findings] == ["linux"] * 3
    assert len(line.xen_messages()) == 3


def test_suggestions() -> None:
    assert "dom0_mem" in finding_words(read("com0_mem=1G").findings[0])[2]
    assert "loglvl" in finding_words(read("logvl=all").findings[0])[2]
    assert "max:1G" in finding_words(read("dom0_mem=1G,max=1G").findings[0])[2]


def test_commas_for_spaces() -> None:
    line = read("com1=115200,8n1,console=com1 dom0_mem=1G,loglvl=all")
    assert [f.kind for f in line.findings] == ["joined", "invalid-part"]
    assert "space" in finding_words(line.findings[0])[2]
    assert "space" in finding_words(line.findings[1])[2]


def test_tiny_dom0_memory() -> None:
    assert kinds("dom0_mem=15000") == ["tiny-memory"]
    assert kinds("dom0_mem=524288") == ["kib"]


# The line as a whole.


def test_the_last_one_wins() -> None:
    line = read("maxcpus=4 console=vga maxcpus=8 console=com1 ats=1 ats")
    assert (line.value("maxcpus"), line.value("console")) == (8, "com1")
    overridden = [f for f in line.findings if f.kind == "overridden"]
    assert [line.text[f.start : f.end] for f in overridden] == ["maxcpus=4", "console=vga"]


def test_lists_keep_what_is_not_overridden() -> None:
    line = read("dom0_mem=min:1G dom0_mem=max:4G iommu=verbose iommu=no-verbose,debug")
    assert line.suboptions("dom0_mem") == {"min": "1G", "max": "4G"}
    assert line.suboptions("iommu") == {"verbose": False, "debug": True}
    assert line.findings == []


def test_parameters_of_an_own_build() -> None:
    mine = BootParameter("runstate-translation", (CatalogueKind("boolean", ("any",), ((13, 19),)),))
    extra = {mine.name: mine}
    line = read_boot_line("no-runstate-translation", "4.17", "arm64", extra=extra)
    assert line.value("runstate-translation") is False
    assert line.findings == []
    old = read_boot_line("runstate-translation", "4.16", "arm64", extra=extra)
    assert old.xen_messages() == [unknown("runstate-translation")]


def test_what_is_not_known_at_all_raises() -> None:
    with pytest.raises(UnknownReleaseError):
        read("x", "3.4")
    with pytest.raises(ValueError, match="sparc"):
        read("x", arch="sparc")
    assert read("x", arch="x86_64").arch == "x86"


def test_every_template_can_be_filled() -> None:
    text = (
        "foo dom0pvh=1 llc-coloring cachesize=1 dtuart=x quiet edd=off = loglvl=x iommu=x,y "
        "ats=x maxcpus=x mem=1X maxcpus=99999999999 no-xpti=1 sched=credit2xyz no-maxcpus=1 "
        'no-ats=0 x="y" com1=1,mem=2 a\tb maxcpus= mem=16777217T dom0_mem=1 mem=1 '
        f"hpetbroadcast cpuid_mask_ecx=1 ats=$x {'y' * 130} --\0z"
    )
    other = ("placeholder console=vga,", "console=x")
    seen = set()
    for release in ("4.9", "4.14", "4.17"):
        for arch in ("x86", "arm64"):
            for finding in [
                f for line in (text, *other) for f in read(line, release, arch).findings
            ]:
                _, message, help_text = finding_words(finding)
                assert "{" not in message + help_text
                seen.add(finding.kind)
    assert seen == set(EFFECTS)


NAMES = [parameter.name for parameter in boot_parameters()]
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(
        ["no-", "=", ",", ":", ";", "-", "0x", "1G", "no", "yes", "max", "10%", "]", " "]
    ),
    st.text(st.characters(max_codepoint=255), max_size=4),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=12).map("".join),
    st.sampled_from(releases()),
    st.sampled_from(ARCHITECTURES),
    st.booleans(),
)
def test_any_line_is_read(text: str, release: str, arch: str, image_name: bool) -> None:
    line = read_boot_line(text, release, arch, image_name=image_name)
    for word in line.words:
        assert text[word.word.start : word.word.end] == word.word.text
        assert bool(word.message) == (word.effect in (UNKNOWN, INVALID))
    for finding in line.findings:
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding_words(finding)[1]
    errors = any(severity(f) == ERROR for f in line.findings)
    assert errors == bool(line.xen_messages())


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(NAMES), st.lists(PIECES, max_size=6).map("".join), st.sampled_from(releases())
)
def test_any_value_of_any_parameter_is_read(name: str, value: str, release: str) -> None:
    for arch in ARCHITECTURES:
        line = read_boot_line(f"{name}={value.replace(' ', '')}", release, arch)
        assert len(line.words) == 1 or "\0" in value
