
"use strict";
const guests = [...document.querySelectorAll("details.guest")];
const every = [...document.querySelectorAll("details")];
document.getElementById("all").addEventListener("click", () => guests.forEach(one => { one.open = true; }));
document.getElementById("none").addEventListener("click", () => guests.forEach(one => { one.open = false; }));

// A link to a guest opens it.
function reveal() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { return; }
  const place = id && document.getElementById(id), holder = place && place.closest("details");
  if (!holder) return;
  holder.open = true;
  holder.scrollIntoView();
  if (holder.contains(place)) holder.querySelector("summary").focus({ preventScroll: true });
}
addEventListener("hashchange", reveal);
reveal();

// On paper nothing is closed.
let closed = [];
addEventListener("beforeprint", () => { closed = every.filter(one => !one.open); closed.forEach(one => { one.open = true; }); });
addEventListener("afterprint", () => { closed.forEach(one => { one.open = false; }); closed = []; });

// A drawing's coordinates are counts: what a column holds is read off its outline.
const FATES = { arrived: "delivered", caught: "made up for", torn: "torn", lost: "lost", none: "without area", over: "corrupting" };
const FAILING = ["torn", "lost", "without area", "corrupting"];
function heights(path, columns) {
  const upper = new Array(columns).fill(0), lower = new Array(columns).fill(0);
  let x = 0, y = 0;
  for (const [, letter, numbers] of path.getAttribute("d").matchAll(/([MVH])([\d ]+)/g)) {
    const [one, two] = numbers.split(" ").map(Number);
    if (letter === "M") { x = one; y = two; }
    else if (letter === "V") y = one;
    else {
      if (one > x) upper.fill(y, x, one); else lower.fill(y, one, x);
      x = one;
    }
  }
  return upper.map((height, i) => Math.abs(height - lower[i]));
}
function read(figure, columns) {
  return [...figure.querySelectorAll(".columns")].map(drawing => {
    const found = {};
    for (const path of drawing.querySelectorAll("path")) found[FATES[path.getAttribute("class")]] = heights(path, columns);
    return found;
  });
}
const units = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]];
function show(timeline, column) {
  const start = Number(timeline.dataset.start), width = Number(timeline.dataset.width);
  const from = start + column * width, to = from + width;
  if (timeline.dataset.unit !== "ns") return width === 1 ? "line " + from : "lines " + from + " to " + (to - 1);
  const [unit, size] = units.find(([, size]) => to >= size) || units[3];
  const digits = Math.max(0, Math.ceil(Math.log10(size / width)) + 1);
  return (from / size).toFixed(Math.min(digits, 9)) + " to " + (to / size).toFixed(Math.min(digits, 9)) + " " + unit;
}
function words(counts, column) {
  const parts = Object.entries(counts).filter(([, list]) => list[column]).map(([fate, list]) => list[column] + " " + fate);
  return parts.join(", ") || "no update";
}
for (const timeline of document.querySelectorAll(".timeline")) {
  const columns = Number(timeline.dataset.columns), reading = timeline.querySelector(".reading");
  for (const figure of timeline.querySelectorAll("figure")) {
    const plot = figure.querySelector(".plot"), cursor = figure.querySelector(".cursor");
    const name = figure.querySelector("b").textContent;
    let at = -1, held = null;
    const go = column => {
      held = held || read(figure, columns);
      at = Math.max(0, Math.min(columns - 1, column));
      cursor.hidden = false;
      cursor.style.left = 100 * (at + 0.5) / columns + "%";
      reading.textContent = name + ", " + show(timeline, at) + ": update " + words(held[0], at) + "; hypercall " + words(held[1], at);
    };
    const leave = () => { cursor.hidden = true; reading.textContent = ""; };
    figure.addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowRight") go(at + 1);
      else if (event.key === "ArrowLeft") go(at < 0 ? columns - 1 : at - 1);
      else if (event.key === "Home") go(0);
      else if (event.key === "End") go(columns - 1);
      else if (event.key === "Escape") { at = -1; leave(); }
      else if (event.key === "n") {
        held = held || read(figure, columns);
        const bad = column => held.some(counts => FAILING.some(fate => counts[fate] && counts[fate][column]));
        for (let column = at + 1; column < columns; column++) if (bad(column)) { go(column); break; }
      } else return;
      event.preventDefault();
    });
    figure.addEventListener("blur", leave);
    plot.addEventListener("pointermove", event => {
      const box = plot.getBoundingClientRect();
      go(Math.floor((event.clientX - box.left) / box.width * columns));
    });
    plot.addEventListener("pointerleave", leave);
  }
}
