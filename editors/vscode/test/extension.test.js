// The extension starts the server with the settings, and says so when it cannot be started.
"use strict";

const assert = require("node:assert");
const Module = require("node:module");

const said = [];
const started = [];
const values = { command: "xlcfg-of-mine", xen: "4.17", arch: "arm64", cmdline: "" };
let fails = false;

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

const fakes = {
  vscode: {
    workspace: {
      getConfiguration: () => ({ ...values, get: (name) => values[name] }),
      onDidChangeConfiguration: () => ({}),
    },
    window: { showErrorMessage: (text) => said.push(text) },
  },
  "vscode-languageclient/node": { LanguageClient },
};
const load = Module._load;
Module._load = (name, ...rest) => fakes[name] || load(name, ...rest);

const { activate, deactivate } = require("../extension.js");

(async () => {
  await activate({ subscriptions: [] });
  assert.deepStrictEqual(started[0].server, { command: "xlcfg-of-mine", args: ["lsp"] });
  assert.deepStrictEqual(started[0].options.initializationOptions, {
    xen: "4.17",
    arch: "arm64",
    cmdline: "",
  });
  deactivate();
  assert.strictEqual(started.length, 0);
  fails = true;
  await activate({ subscriptions: [] });
  assert.match(said[0], /pip install 'xlcfg\[lsp\]'/);
  assert.strictEqual(deactivate(), undefined);
  console.log("extension: ok");
})();
