"""Runs in dom0: answers one JSON request per line of the virtio-serial port with one line of JSON.

    {"op": "ping"}                                     {"pong": 1}
    {"op": "sh", "command": TEXT}                      {"rc": N, "out": TEXT, "err": TEXT}
    {"op": "put", "path": PATH, "data": BASE64}        {}
    {"op": "case", "config": BASE64, "scripts": "lean"} {"rc": N, "err": TEXT, "argv": [...],
                                                        "logs": {FILE: TEXT}, "left": [ID...],
                                                        "created": SECONDS, "seconds": SECONDS}

A case is `xl -vvv create -p`, what came of it, and `xl destroy`. `scripts` says which hotplug
scripts of disks and interfaces run: "real" ones or "lean" stand-ins. An answer with "error" means
that asking failed.
"""

import base64
import glob
import json
import os
import re
import signal
import struct
import subprocess
import time

LOGS = "/var/log/xen"
XS_DIRECTORY = 1


def run(command, timeout=100):
    """Exit code (or "timeout"), output and error output."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        code = "timeout"
    return code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def domains():
    """Numbers of the guests, asked of xenstore: `xl list` takes half a second here."""
    path = b"/local/domain\0"
    with open("/dev/xen/xenbus", "r+b", buffering=0) as store:
        store.write(struct.pack("<4I", XS_DIRECTORY, 0, 0, len(path)) + path)
        kind, _, _, length = struct.unpack("<4I", received(store, 16))
        names = received(store, length).decode().split("\0")
    if kind != XS_DIRECTORY:
        raise OSError(names[0])
    return [name for name in names if name not in ("", "0")]


def received(store, length):
    """That many bytes of an answer."""
    data = b""
    while len(data) < length:
        data += store.read(length - len(data))
    return data


def started_with(noise):
    """The arguments of the device model, as xl -vvv tells them."""
    return re.findall(r"libxl_dm\.c:\d+:\w+: Domain \d+:  (?!XEN_)(.*)", noise)


def case(request):
    for path in glob.glob(LOGS + "/*"):
        if os.path.isfile(path):
            os.unlink(path)
    for script in ("/etc/xen/scripts/block", "/etc/xen/scripts/vif-bridge"):
        os.unlink(script)
        os.symlink(script + "." + request.get("scripts", "lean"), script)
    with open("/tmp/case.cfg", "wb") as file:
        file.write(base64.b64decode(request["config"]))
    begun = time.time()
    code, _, noise = run(
        ["xl", "-vvv", "create", "-p", "/tmp/case.cfg"], request.get("timeout", 200)
    )
    answer = {"rc": code, "argv": started_with(noise), "created": round(time.time() - begun, 2)}
    answer["err"] = noise
    answer["logs"] = {}
    for path in sorted(glob.glob(LOGS + "/*")):
        if re.search("qemu-dm|bootloader|hotplug", path):
            with open(path, errors="replace") as file:
                answer["logs"][os.path.basename(path)] = file.read()[:4000]
    made = re.search(r"\bDomain (\d+):", noise)
    if code != 1 and made and made[1] in domains():  # 1: xl went no further than the file
        run(["xl", "destroy", made[1]])
        answer["left"] = [made[1]] if made[1] in domains() else []
    answer["seconds"] = round(time.time() - begun, 2)
    return answer


def answer_to(request):
    if request["op"] == "ping":
        return {"pong": 1}
    if request["op"] == "sh":
        code, out, err = run(["bash", "-c", request["command"]])
        return {"rc": code, "out": out, "err": err}
    if request["op"] == "put":
        with open(request["path"], "wb") as file:
            file.write(base64.b64decode(request["data"]))
        return {}
    if request["op"] == "case":
        return case(request)
    return {"error": "no such op"}


def main():
    while not (ports := glob.glob("/dev/vport*p1")):
        time.sleep(0.1)
    with open(ports[0], "r+b", buffering=0) as port:
        pending = b""
        port.write(b'{"ready": 1}\n')
        while True:
            pending += port.read(65536) or b""
            if b"\n" not in pending:
                time.sleep(0.02)
                continue
            line, _, pending = pending.partition(b"\n")
            try:
                answer = answer_to(json.loads(line))
            except Exception as error:
                answer = {"error": repr(error)}
            data = json.dumps(answer).encode() + b"\n"
            while data:
                data = data[port.write(data[:32768]) or 0 :]


main()
