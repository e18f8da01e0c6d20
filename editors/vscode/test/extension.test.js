// The extension knows guest configs by their content, starts the server with the settings when the
// first one comes, and says so when it cannot be started.
"use strict";

const assert = require("node:assert");
const Module = require("node:module");

const said = [];
const started = [];
const values = { command: "xlcfg-of-mine", xen: "4.17", arch: "arm64", cmdline: "" };
const changed = [];
let fails = false;
let open;

class LanguageClient {
  constructor(id, name, server, options) {
    this.server = server;
    this.options = options;
  }
  async start() {
    if (fails) throw new Error("no such file");
    started.push(this);
  }
  isRunning() {
    return started.includes(this);
  }
  stop() {
    started.splice(started.indexOf(this), 1);
  }
}

function document(path, text, languageId = "properties", scheme = "file") {
  const lines = text.split("\n");
  return {
    languageId,
    uri: { path, scheme, toString: () => `${scheme}://${path}` },
    lineCount: lines.length,
    lineAt: (line) => ({ text: lines[line] }),
  };
}

const fakes = {
  vscode: {
    workspace: {
      textDocuments: [],
      getConfiguration: () => ({ ...values, get: (name) => values[name] }),
      onDidChangeConfiguration: () => ({}),
      onDidOpenTextDocument: (call) => {
        open = call;
        return {};
      },
    },
    languages: {
      match: (selector, { languageId }) => Number(selector.some((s) => s.language === languageId)),
      setTextDocumentLanguage: (one, language) => {
        changed.push(one.uri.path);
        one.languageId = language;
        return open(one);
      },
    },
    window: { showErrorMessage: (text) => said.push(text) },
  },
  "vscode-languageclient/node": { LanguageClient },
};
const load = Module._load;
Module._load = (name, ...rest) => fakes[name] || load(name, ...rest);

const { activate, deactivate } = require("../extension.js");

const GUEST = '# web\nname = "web"\nvcpus = 2\n';
const OTHERS = {
  "/srv/setup.cfg": '[metadata]\nname = "x"\nvcpus = 2\n',
  "/srv/app.cfg": 'name = "web"\nmemory = 512\ndisk = "a"\n',
  "/srv/game.cfg": 'a = 1\nb = 2\nc = 3\nvif = ["x"]\n',
  "/srv/web.txt": GUEST,
  "/etc/xen/scripts/vif": '#!/bin/sh\nname="x"\nkernel="y"\n',
  "/srv/late.cfg": "# a comment\n".repeat(60) + GUEST,
};

async function byContent() {
  for (const [path, text] of Object.entries(OTHERS)) await open(document(path, text));
  await open(document("/srv/chosen.cfg", GUEST, "python"));
  assert.deepStrictEqual(changed, []);
  assert.strictEqual(started.length, 0, "nothing is started for others' files");
  const one = document("/srv/web.cfg", GUEST);
  await open(one);
  assert.strictEqual(one.languageId, "xlcfg");
  assert.strictEqual(started.length, 1);
  one.languageId = "properties";
  await open(one);
  assert.strictEqual(one.languageId, "properties", "who takes it back is not argued with");
  await open(document("/etc/xen/db", 'name = "db"\nkernel = "/k"\n', "plaintext"));
  await open(document("Untitled-1", GUEST, "plaintext", "untitled"));
  assert.deepStrictEqual(changed, ["/srv/web.cfg", "/etc/xen/db", "Untitled-1"]);
  assert.strictEqual(started.length, 1, "one server for all");
}

(async () => {
  await activate({ subscriptions: [] });
  await byContent();
  assert.deepStrictEqual(started[0].server, { command: "xlcfg-of-mine", args: ["lsp"] });
  assert.deepStrictEqual(started[0].options.initializationOptions, {
    xen: "4.17",
    arch: "arm64",
    cmdline: "",
  });
  deactivate();
  assert.strictEqual(started.length, 0);
  fails = true;
  fakes.vscode.workspace.textDocuments = [document("/srv/a.xl", "", "xlcfg")];
  await activate({ subscriptions: [] });
  assert.match(said[0], /pip install xlcfg/);
  assert.strictEqual(deactivate(), undefined);
  const { firstLine } = require("../package.json").contributes.languages[0];
  for (const [line, known] of [
    ["# xlcfg: ignore-file[XL103]", true],
    ["# Example Xen guest configuration", true],
    ["  # Configuration file for the Xen instance web", true],
    ["# xl.cfg", true],
    ["# the xenial release", false],
    ["[xlcfg]", false],
    ['name = "xl.cfg"', false],
  ]) {
    assert.strictEqual(new RegExp(firstLine).test(line), known, line);
  }
  console.log("extension: ok");
})();
