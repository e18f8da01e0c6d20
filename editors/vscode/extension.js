// Starts `xlcfg lsp` for Xen guest configs.
"use strict";

const { workspace, window } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function settings() {
  const { xen, arch, cmdline } = workspace.getConfiguration("xlcfg");
  return { xen, arch, cmdline };
}

async function activate(context) {
  const command = workspace.getConfiguration("xlcfg").get("command", "xlcfg");
  client = new LanguageClient(
    "xlcfg",
    "xlcfg",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ language: "xlcfg" }],
      initializationOptions: settings(),
    },
  );
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("xlcfg") && client.isRunning()) {
        client.sendNotification("workspace/didChangeConfiguration", {
          settings: { xlcfg: settings() },
        });
      }
    }),
  );
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `xlcfg cannot be started as "${command} lsp": ${error.message}. ` +
        "Install it with: pip install 'xlcfg[lsp]'",
    );
  }
}

function deactivate() {
  return client && client.isRunning() ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
