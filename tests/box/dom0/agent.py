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

A request with "slot": 1 is answered beside those without, and its answer has the "slot" too: a
second process does it, which has images, logs and temporary files of its own under the same paths.
It knows lean scripts only.
"""

import base64
import glob
import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time

LOGS = "/var/log/xen"
XS_DIRECTORY = 1
SENDING = threading.Lock()


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


def choose_scripts(kind):
    for script in ("/etc/xen/scripts/block", "/etc/xen/scripts/vif-bridge"):
        if not os.path.islink(script) or os.readlink(script) != f"{script}.{kind}":
            os.unlink(script)
            os.symlink(f"{script}.{kind}", script)


def case(request):
    for path in glob.glob(LOGS + "/*"):
        if os.path.isfile(path):
            os.unlink(path)
    if "slot" not in request:
        choose_scripts(request.get("scripts", "lean"))
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


def answered(line):
    """The answer to a line, as a line."""
    request = json.loads(line)
    try:
        answer = answer_to(request)
    except Exception as error:
        answer = {"error": repr(error)}
    if "slot" in request:
        answer["slot"] = request["slot"]
    return json.dumps(answer).encode() + b"\n"


def work():
    """Answer what comes on standard input: the process for slot 1."""
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(answered(line))
        sys.stdout.buffer.flush()


def beside():
    """The process for slot 1, in a mount namespace of its own."""
    os.makedirs("/img2", exist_ok=True)
    private = (
        "mount --make-rprivate / && mount --bind /img2 /img && mount --bind /dev/vg2 /dev/vg && "
        "mount -t tmpfs logs /var/log/xen && mount -t tmpfs tmp /tmp && "
        f"exec python3 {os.path.abspath(__file__)} --work"
    )
    return subprocess.Popen(
        ["unshare", "-m", "sh", "-c", private], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def send(port, data):
    with SENDING:
        while data:
            data = data[port.write(data[:32768]) or 0 :]


def pass_on(port, answers):
    """What the other process answers, as soon as it does."""
    for line in answers:
        send(port, line)


def main():
    while not (ports := glob.glob("/dev/vport*p1")):
        time.sleep(0.1)
    other = beside()
    with open(ports[0], "r+b", buffering=0) as port:
        pending = b""
        send(port, b'{"ready": 1}\n')
        threading.Thread(target=pass_on, args=(port, other.stdout), daemon=True).start()
        while True:
            pending += port.read(65536) or b""
            if b"\n" not in pending:
                time.sleep(0.02)
                continue
            line, _, pending = pending.partition(b"\n")
            if b'"slot"' in line:
                other.stdin.write(line + b"\n")
                other.stdin.flush()
            else:
                send(port, answered(line))


work() if "--work" in sys.argv else main()
