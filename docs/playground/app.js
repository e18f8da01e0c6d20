// The page of the playground. Texts of people reach the document as text only, never as markup.

const PATIENCE = 10_000; // ms for one text; then the worker is thrown away
const SETTLE = 80; // ms without a keystroke before a text is checked
const LONGEST = 256 * 1024; // characters taken from a link
const MARKED = 200; // findings that are underlined

const KINDS = { guest: "Guest config", boot: "Boot line", tree: "Device tree" };
const EXAMPLES = {
  "A guest with mistakes": {
    kind: "guest",
    text:
      'name = "web01"\ntype = "hvm"\nmemory = 2048\nvcpu = 2\n' +
      "disk = [ '/dev/vg/web01,raw,hda,rw', 'format=qcow2,vdev=xvda,target=/srv/data.qcow2' ]\n" +
      "vif = [ 'bridge=xenbr0,mac=00:16:3e:00:00:1a' ]\non_crash = \"destory\"\n",
  },
  "A clean PVH guest": {
    kind: "guest",
    text:
      'name = "db01"\ntype = "pvh"\nkernel = "/boot/vmlinuz"\nramdisk = "/boot/initrd.img"\n' +
      'memory = 4096\nvcpus = 4\nvif = [ "bridge=xenbr0" ]\n',
  },
  "A guest that chooses its runstate policy": {
    kind: "guest",
    arch: "arm64",
    text: 'name = "rt01"\nkernel = "/boot/Image"\nmemory = 512\nrunstate_translation = "update"\n',
  },
  "A boot line": { kind: "boot", text: "dom0_mem=4G,max:4G dom0_max_vcpu=2 console=com1,vga iommu=on" },
  "A device tree that makes Xen panic": {
    kind: "tree",
    arch: "arm64",
    text:
      "/dts-v1/;\n\n/ {\n    chosen {\n        xen,xen-bootargs = \"console=dtuart dom0_mem=512M\";\n\n" +
      "        domU1 {\n            compatible = \"xen,domain\";\n            #address-cells = <1>;\n" +
      "            #size-cells = <1>;\n            cpus = <0>;\n            memory = <0 0x20000>;\n" +
      "        };\n    };\n};\n",
  },
};

const root = document.getElementById("xlcfg-playground");

/** An element with attributes and children; text children stay text. */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function select(label, options, onchange) {
  const box = make("select", { "aria-label": label, onchange });
  for (const [value, text] of options) box.append(make("option", { value }, text));
  return box;
}

const kind = select("What it is", Object.entries(KINDS), changed);
const xen = select("Xen release", [["", "Xen, newest"]], changed);
const arch = select("Architecture", [["x86_64", "x86_64"], ["arm64", "arm64"]], changed);
const examples = select(
  "Examples",
  [["", "Examples ..."], ...Object.keys(EXAMPLES).map((name) => [name, name])],
  () => {
    const example = EXAMPLES[examples.value];
    examples.value = "";
    if (example) show({ arch: "x86_64", xen: "", ...example });
  },
);
const fixSafe = make("button", { type: "button", disabled: true, title: "Ctrl+Enter", onclick: () => apply("fixed") }, "Fix");
const fixAll = make("button", { type: "button", disabled: true, onclick: () => apply("fixed_unsafely") }, "Fix, unsafely too");
const share = make("button", { type: "button", onclick: copyLink }, "Copy link");
const area = make("textarea", {
  spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off",
  "aria-label": "Text to check", "aria-describedby": "playground-summary",
  oninput: changed, onscroll: follow, onkeydown: keys,
});
const marks = make("pre", { "aria-hidden": "true" });
const numbers = make("pre", { "aria-hidden": "true", class: "numbers" });
const summary = make("p", { id: "playground-summary", role: "status", class: "summary" }, "Python is on its way ...");
const list = make("ol", { class: "findings" });
const policy = make("pre", { class: "policy", hidden: true });

root.append(
  make("div", { class: "bar" }, kind, xen, arch, examples, fixSafe, fixAll, share),
  make("div", { class: "panes" },
    make("div", { class: "editor" }, numbers, make("div", { class: "text" }, marks, area)),
    make("div", { class: "answer" }, summary, list, policy)),
  make("p", { class: "keys" }, "F8 goes to the next finding, Shift+F8 to the one before, Ctrl+Enter fixes what is safe."),
);
root.hidden = false;

let worker, running, latest = 0, timer, clock, answer = { findings: [] }, checked = "", at = -1;
let wanted = { xen: "", arch: "x86_64" };

function begin() {
  worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  running = undefined;
  worker.onmessage = ({ data }) => take(data);
  worker.onerror = (event) => fail(event.message || "the worker does not start");
}

function take({ id, choices, answer: got, failure }) {
  if (choices) {
    xen.replaceChildren(make("option", { value: "" }, `Xen, newest`),
      ...choices.xen.map((one) => make("option", { value: one }, `Xen ${one}`)));
    arch.replaceChildren(...choices.arch.map((one) => make("option", { value: one }, one)));
    xen.value = wanted.xen;
    arch.value = wanted.arch;
    if (arch.selectedIndex < 0) arch.value = "x86_64";
    if (xen.selectedIndex < 0) xen.value = "";
    root.dataset.ready = "yes";
    check();
    return;
  }
  if (id !== undefined && id === running?.id) {
    clearTimeout(clock);
    const { request } = running;
    running = undefined;
    if (failure) fail(failure);
    else draw(got, request.text);
    if (id !== latest) check();
  } else if (failure) fail(failure);
}

function fail(text) {
  summary.textContent = `This does not work here: ${text}`;
  root.dataset.failed = "yes";
}

function changed() {
  answer = { findings: [] };
  fixSafe.disabled = fixAll.disabled = true;
  count();
  clearTimeout(timer);
  timer = setTimeout(() => { check(); remember(); }, SETTLE);
}

function check() {
  if (root.dataset.ready !== "yes") return;
  latest += running && running.id === latest ? 1 : 0;
  if (running) return;
  const id = ++latest;
  running = { id, request: { text: area.value, kind: kind.value, xen: xen.value, arch: arch.value } };
  worker.postMessage(running);
  clock = setTimeout(() => {
    worker.terminate();
    summary.textContent = "This text takes too long; it is not looked at. Change it to try again.";
    list.replaceChildren();
    marks.replaceChildren();
    root.dataset.ready = "";
    begin();
  }, PATIENCE);
}

function draw(got, text) {
  checked = text;
  at = -1;
  if (got.error) {
    summary.textContent = got.error;
    list.replaceChildren();
    marks.replaceChildren();
    policy.hidden = true;
    root.dataset.answered = String(latest);
    return;
  }
  answer = got;
  const counts = ["error", "warning", "info"].map((one) => [one, got.findings.filter((f) => f.severity === one).length]);
  const said = counts.filter(([, n]) => n).map(([one, n]) => `${n} ${one}${n > 1 && one !== "info" ? "s" : ""}`);
  summary.textContent = said.length
    ? said.join(", ") + (got.left_out ? `, and ${got.left_out} more findings` : "")
    : text.trim() ? "No findings." : "Paste something, or choose an example.";
  list.replaceChildren(...got.findings.map(item));
  underline(text);
  fixSafe.disabled = got.fixed === null;
  fixAll.disabled = got.fixed_unsafely === null;
  policy.textContent = got.policies.join("\n\n");
  policy.hidden = !got.policies.length;
  root.dataset.answered = String(latest);
}

function item(finding, index) {
  const page = new URL(`../rules/${encodeURIComponent(finding.code)}/`, import.meta.url).href;
  const place = finding.line === null ? "" : `line ${finding.line}`;
  return make("li", { class: finding.severity },
    make("button", { type: "button", onclick: () => go(index) },
      make("span", { class: "severity" }, finding.severity), " ", finding.message, " ",
      make("span", { class: "place" }, place)),
    make("a", { href: page, target: "_blank", rel: "noopener" }, finding.code),
    ...(finding.help ? [make("p", {}, finding.help)] : []));
}

function underline(text) {
  const spans = answer.findings.filter((f) => f.start !== null).slice(0, MARKED)
    .map((f) => [f.start, Math.max(f.end ?? f.start, f.start + 1), f.severity])
    .sort((a, b) => a[0] - b[0]);
  const parts = [];
  let done = 0;
  for (const [start, end, severity] of spans) {
    if (start < done) continue;
    parts.push(text.slice(done, start), make("mark", { class: severity }, text.slice(start, end)));
    done = end;
  }
  marks.replaceChildren(...parts, text.slice(done), "\n");
  follow();
}

function count() {
  const lines = area.value.split("\n").length;
  if (numbers.childElementCount === 0 && numbers.dataset.lines === String(lines)) return;
  numbers.dataset.lines = String(lines);
  numbers.textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n") + "\n";
}

function follow() {
  marks.scrollTop = numbers.scrollTop = area.scrollTop;
  marks.scrollLeft = area.scrollLeft;
}

function go(index) {
  const finding = answer.findings[index];
  if (!finding) return;
  at = index;
  list.querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  list.children[index].setAttribute("aria-current", "true");
  if (finding.start === null) return;
  area.focus();
  area.setSelectionRange(finding.start, Math.max(finding.start, finding.end ?? finding.start));
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (finding.line - 4) * height);
  follow();
}

function keys(event) {
  const many = answer.findings.length;
  if (event.key === "F8" && many) {
    event.preventDefault();
    go((at + (event.shiftKey ? (at < 0 ? 0 : many - 1) : 1)) % many);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    apply("fixed");
  }
}

function apply(which) {
  const text = answer[which];
  if (typeof text !== "string" || checked !== area.value) return;
  area.focus();
  area.select();
  // Through the editor's own command, so that it can be undone.
  if (!document.execCommand("insertText", false, text)) {
    area.value = text;
    changed();
  }
}

function show({ text, kind: what, xen: release, arch: machine }) {
  area.value = text;
  kind.value = what in KINDS ? what : "guest";
  wanted = { xen: release ?? "", arch: machine ?? "x86_64" };
  xen.value = wanted.xen;
  arch.value = wanted.arch;
  area.setSelectionRange(0, 0);
  area.scrollTop = 0;
  changed();
}

// -- links: what is shown, deflated, in the fragment; it never leaves the browser ---------------

async function through(stream, bytes, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw new Error("too long");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function packed() {
  const state = { text: area.value, kind: kind.value, xen: xen.value || wanted.xen, arch: arch.value };
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(state)), 1 << 24);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function remember() {
  if (area.value.length > LONGEST) return;
  const fragment = "#" + (await packed());
  if (location.hash !== fragment) history.replaceState(null, "", fragment);
}

async function recall() {
  const fragment = location.hash.slice(1);
  if (!fragment) return false;
  try {
    const plain = atob(fragment.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(plain, (one) => one.charCodeAt(0));
    const state = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes, 4 * LONGEST)));
    if (typeof state.text !== "string") throw new Error("no text");
    show({ text: state.text.slice(0, LONGEST), kind: String(state.kind), xen: String(state.xen ?? ""), arch: String(state.arch ?? "x86_64") });
    return true;
  } catch {
    summary.textContent = "The link holds nothing that can be read.";
    return false;
  }
}

async function copyLink() {
  await remember();
  try {
    await navigator.clipboard.writeText(location.href);
    share.textContent = "Copied";
  } catch {
    share.textContent = "It is in the address bar";
  }
  setTimeout(() => { share.textContent = "Copy link"; }, 2000);
}

addEventListener("hashchange", recall);
begin();
if (!(await recall())) show({ arch: "x86_64", xen: "", ...Object.values(EXAMPLES)[0] });
