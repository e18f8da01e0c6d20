// Tells guest configs from other files by what is in them.
"use strict";

const keys = require("./keys.json");

const own = new Set(keys.own);
const shared = new Set(keys.shared);

/** How many lines are looked at, and how much of them. */
const LINES = 50;
const CHARACTERS = 16 * 1024;

/** What Visual Studio Code calls files that it knows by the ending `.cfg` at most. */
const UNTYPED = ["plaintext", "properties", "ini"];

/**
 * Whether a text looks like a guest config: most of what is set are keys of xl's, and one of them is
 * nobody else's. In /etc/xen (`place`) any two of its keys will do.
 */
function isGuest(text, place) {
  if (text.startsWith("#!")) return false;
  const names = new Set();
  for (const line of text.slice(0, CHARACTERS).split(/\r?\n/, LINES)) {
    // a line like [section] of INI and TOML
    if (names.size === 0 && /^\s*\[\s*[A-Za-z][^"',=]*\]\s*$/.test(line)) return false;
    const found = /^\s*([A-Za-z]\w*)\s*\+?=\s*[["'0-9]/.exec(line);
    if (found) names.add(found[1]);
  }
  const only = [...names].filter((name) => own.has(name)).length;
  const others = [...names].filter((name) => shared.has(name)).length;
  if (2 * (only + others) <= names.size) return false;
  return only > 0 || (place && others > 1);
}

/** Whether a document that nobody has named a language for is a guest config. */
function isUntypedGuest(document) {
  if (!UNTYPED.includes(document.languageId)) return false;
  const path = document.uri.path;
  const place = path.includes("/etc/xen/");
  const untitled = document.uri.scheme === "untitled";
  if (!place && !untitled && !path.toLowerCase().endsWith(".cfg")) return false;
  const end = Math.min(document.lineCount, LINES);
  const lines = [];
  for (let line = 0; line < end; line++) lines.push(document.lineAt(line).text.slice(0, 400));
  return isGuest(lines.join("\n"), place);
}

module.exports = { isGuest, isUntypedGuest };
