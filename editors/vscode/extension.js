// Starts `xlcfg lsp` for Xen guest configs and the files of their hosts.
"use strict";

const { languages, workspace, window } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { isUntypedGuest } = require("./detect.js");

/** What the server is asked about: it tells by name and content what each of them is. */
const SELECTOR = [
  { language: "xlcfg" },
  { language: "dts" },
  { pattern: "**/etc/default/grub" },
  { pattern: "**/etc/default/grub.d/*.cfg" },
  { pattern: "**/grub/grub.cfg" },
];

let client;
let starting;

function settings() {
  const { xen, arch, cmdline } = workspace.getConfiguration("xlcfg");
  return { xen, arch, cmdline };
}

/** Starts the server, when the first text comes that it is about. */
async function start() {
  const command = workspace.getConfiguration("xlcfg").get("command", "xlcfg");
  client = new LanguageClient(
    "xlcfg",
    "xlcfg",
    { command, args: ["lsp"] },
    { documentSelector: SELECTOR, initializationOptions: settings() },
  );
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `xlcfg cannot be started as "${command} lsp": ${error.message}. ` +
        "Install it with: pip install xlcfg",
    );
  }
}

async function activate(context) {
  // Whoever takes the language back is not argued with.
  const told = new Set();

  async function opened(document) {
    const name = document.uri.toString();
    if (!told.has(name) && isUntypedGuest(document)) {
      told.add(name);
      await languages.setTextDocumentLanguage(document, "xlcfg");
    } else if (languages.match(SELECTOR, document) > 0) {
      starting = starting || start();
      await starting;
    }
  }

  context.subscriptions.push(
    workspace.onDidOpenTextDocument(opened),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("xlcfg") && client && client.isRunning()) {
        client.sendNotification("workspace/didChangeConfiguration", {
          settings: { xlcfg: settings() },
        });
      }
    }),
  );
  for (const document of workspace.textDocuments) await opened(document);
}

function deactivate() {
  starting = undefined;
  return client && client.isRunning() ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
