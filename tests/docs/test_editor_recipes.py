"""The recipes of docs/editors.md in real editors: Vim, Neovim and Emacs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import needs
from support import ROOT

VIM = ROOT / "editors" / "vim"
PAGE = ROOT / "docs" / "editors.md"

GUEST = '# web\nname = "web"\nkernel="/k"\nvcpu = 2\n'
#: what is no guest config, or cannot be told from others
OTHERS = {
    "setup.cfg": '[metadata]\nname = "x"\nvcpus = 2\n',
    "app.cfg": 'name = "web"\nmemory = 512\ndisk = "a"\n',
    "game.cfg": 'a = 1\nb = 2\nc = 3\nvif = [ "x" ]\n',
    "late.cfg": "# a comment\n" * 60 + "vcpus = 2\n",
    "etc/xen/scripts/vif": '#!/bin/sh\nname="x"\nkernel="y"\n',
    "etc/xen/notes": "remember = 1\nvcpus are few\n",
    "robot.cfg": "MODULE\n  vcpus := 1\n",
    "web.py": "vcpus = 2\nvif = [ 'a' ]\n",
}
GUESTS = {
    "web.cfg": 'name = "web"\nvcpus = 2\n',
    "list.cfg": "# x\n\n  vif = [ '' ]\n  disk = [\n   'a,,xvda' ]\nname = 'x'\n",
    "more.cfg": 'name = "web"\r\nmaxmem += "2"\r\n',
    "etc/xen/web": 'name = "x"\nkernel = "y"\n',
    "etc/xen/old.cfg": "",
    "etc/xen/auto/web": "",
    "etc/xen/xl.conf": "",
    "web.xl": "",
}


def recipe(language: str) -> str:
    """The one block of the page in a language."""
    (found,) = re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert isinstance(found, str)
    return found


def written(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return [folder / name for name in files]


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """An editor that finds our `xlcfg`, and no settings of whoever runs the tests."""
    program = folder / "bin" / "xlcfg"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xlcfg "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (folder / "home").mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(folder / "home"),
        "XDG_STATE_HOME": str(folder / "home"),
        "PATH": os.pathsep.join((str(program.parent), os.environ["PATH"])),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins"))),
        **more,
    }
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def started(editor: str) -> list[str]:
    """The command of Vim or Neovim, without anybody's settings and without a screen."""
    if editor == "vim":
        return [needs.require("vim"), "-u", "NONE", "-i", "NONE", "-n", "-es"]
    return [needs.require("nvim"), "--headless", "-u", "NONE", "-i", "NONE", "-n"]


def vim_says(editor: str, folder: Path, lines: list[str]) -> list[str]:
    """What an editor's script leaves in `g:said`."""
    script = folder / "script.vim"
    script.write_text(
        "\n".join(
            [
                f"set nocompatible rtp+={VIM}",
                "filetype plugin on",
                "let g:said = []",
                *lines,
                f"call writefile(g:said, '{folder}/said')",
                "qall!",
            ]
        ),
        encoding="utf-8",
    )
    done = run([*started(editor), "-S", str(script)], folder)
    assert (folder / "said").exists(), done.stderr
    return (folder / "said").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("editor", ["vim", "nvim"])
def test_guest_configs_are_known_by_what_they_are(editor: str, tmp_path: Path) -> None:
    paths = written(tmp_path, {**GUESTS, **OTHERS})
    lines = [f"edit {path} | call add(g:said, &filetype)" for path in paths]
    said = vim_says(editor, tmp_path, lines)
    found = dict(zip([*GUESTS, *OTHERS], said, strict=True))
    assert {name for name, kind in found.items() if kind == "xlcfg"} == set(GUESTS)
    assert found["setup.cfg"] == "cfg"
    assert found["web.py"] == "python"


@pytest.mark.parametrize("editor", ["vim", "nvim"])
def test_findings_in_the_quickfix_list(editor: str, tmp_path: Path) -> None:
    written(tmp_path, {"web.xl": GUEST})
    said = vim_says(
        editor,
        tmp_path,
        [
            f"edit {tmp_path}/web.xl",
            "silent make!",
            "for item in getqflist()",
            "  if item.valid",
            "    call add(g:said, item.lnum . ' ' . item.col . ' ' . item.type . ' ' . item.text)",
            "  endif",
            "endfor",
        ],
    )
    assert said == ["4 1 w [XL101]: xl does not know `vcpu` and ignores it"]


SESSION = """
local said = {}
local uri
local function ask(method, more)
  local params = vim.tbl_extend("force", {
    textDocument = { uri = uri },
    position = { line = 3, character = 2 },
    range = { start = { line = 3, character = 0 }, ["end"] = { line = 3, character = 4 } },
    options = { tabSize = 4, insertSpaces = true },
  }, more or {})
  local answers = vim.lsp.buf_request_sync(0, "textDocument/" .. method, params, 30000) or {}
  for _, answer in pairs(answers) do
    if answer.result then return answer.result end
  end
end
vim.cmd("edit web.cfg")
uri = vim.uri_from_bufnr(0)
vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end)
said.filetype = vim.bo.filetype
said.diagnostics = vim.tbl_map(
  function(one) return { one.code, one.lnum, one.col, one.severity } end, vim.diagnostic.get(0))
said.hover = ask("hover", { position = { line = 1, character = 1 } })
said.completion = #ask("completion").items
local actions = ask("codeAction", { context = { diagnostics = {} } })
said.actions = vim.tbl_map(function(one) return one.title end, actions)
said.apply = vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
vim.wait(30000, function() return #vim.diagnostic.get(0) == 0 end)
said.left = #vim.diagnostic.get(0)
if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync(nil, 30000) end
said.text = vim.api.nvim_buf_get_lines(0, 0, -1, true)
vim.cmd("edit! other.cfg")
said.clients = #vim.lsp.buf_get_clients(0)
vim.cmd("edit! second.cfg")
vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end)
said.second = #vim.diagnostic.get(0)
said.servers = #vim.tbl_keys(vim.lsp.get_active_clients())
vim.fn.writefile({ vim.fn.json_encode(said) }, "said.json")
vim.cmd("qall!")
"""


def test_neovim_asks_the_server(tmp_path: Path) -> None:
    files = {"web.cfg": GUEST + "vif = []\n", "second.cfg": GUEST + "vif = []\n"}
    written(tmp_path, {**files, "other.cfg": "a = 1\n"})
    (tmp_path / "init.lua").write_text(
        f"vim.opt.runtimepath:append('{VIM}')\n" + recipe("lua"), encoding="utf-8"
    )
    (tmp_path / "session.lua").write_text(SESSION, encoding="utf-8")
    nvim = needs.require("nvim")
    command = [
        nvim,
        "--headless",
        "-u",
        "init.lua",
        "-i",
        "NONE",
        "-n",
        "-c",
        "luafile session.lua",
    ]
    done = run([*command, "-c", "cquit"], tmp_path)
    assert (tmp_path / "said.json").exists(), done.stderr + done.stdout
    said: dict[str, Any] = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    assert said["filetype"] == "xlcfg"
    assert said["diagnostics"] == [["XL101", 3, 0, 2]]
    assert "**name**" in said["hover"]["contents"]["value"]
    assert said["completion"] > 100
    assert said["actions"][0].startswith("call it `vcpus`")
    assert said["actions"][1] == "ignore XL101 on this line"
    assert said["left"] == 0
    assert said["text"] == ["# web", 'name = "web"', 'kernel = "/k"', "vcpus = 2", "vif = []"]
    assert said["clients"] == 0, "no server for other files"
    assert (said["second"], said["servers"]) == (1, 1)


EMACS = r"""
(setq auto-save-default nil make-backup-files nil create-lockfiles nil)
(let ((out (find-file-noselect "said")))
  (dolist (name (split-string (getenv "NAMES") ":"))
    (let ((buffer (find-file-noselect name)))
      (with-current-buffer buffer
        (let ((mode (symbol-name major-mode)))
          (with-current-buffer out (insert mode "\n"))))))
  (with-current-buffer out (save-buffer)))
"""


def test_emacs_knows_guest_configs(tmp_path: Path) -> None:
    files = dict(GUESTS)
    del files["etc/xen/web"], files["etc/xen/auto/web"]  # nothing there is xl's alone
    files["etc/xen/db"] = GUEST.replace("vcpu ", "vcpus ")
    others = dict(OTHERS)
    del others["game.cfg"]  # that most of the settings are xl's is not asked there
    written(tmp_path, {**files, **others})
    (tmp_path / "init.el").write_text(recipe("elisp") + EMACS, encoding="utf-8")
    names = [*files, *others]
    command = [needs.require("emacs"), "--batch", "-Q", "-l", "init.el"]
    done = run(command, tmp_path, NAMES=":".join(names))
    assert (tmp_path / "said").exists(), done.stderr
    found = dict(zip(names, (tmp_path / "said").read_text().split(), strict=True))
    assert {name for name, mode in found.items() if mode == "xlcfg-mode"} == set(files)


EGLOT = r"""
(setq auto-save-default nil make-backup-files nil create-lockfiles nil)
(require 'eglot)
(setq eglot-sync-connect 30 eglot-autoshutdown nil)
(find-file "web.cfg")
(call-interactively #'eglot)
(let ((end (+ (float-time) 30)))
  (while (and (< (float-time) end) (null (flymake-diagnostics)))
    (flymake-start)
    (accept-process-output nil 0.2)))
(let ((texts (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))
  (eglot-format-buffer)
  (let ((text (buffer-string)))
    (with-temp-file "said" (insert (mapconcat #'identity texts "\n") "\n--\n" text))))
(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server))
"""


def test_emacs_asks_the_server(tmp_path: Path) -> None:
    written(tmp_path, {"web.cfg": GUEST + "vif=[]\n"})
    (tmp_path / "init.el").write_text(recipe("elisp") + EGLOT, encoding="utf-8")
    emacs = needs.require("emacs")
    command = [emacs, "--batch", "-q", "-f", "package-activate-all", "-l", "init.el"]
    done = run(command, tmp_path)
    assert (tmp_path / "said").exists(), done.stderr
    texts, _, text = (tmp_path / "said").read_text(encoding="utf-8").partition("--\n")
    assert "xl does not know `vcpu`" in texts
    assert text == GUEST.replace('kernel="/k"', 'kernel = "/k"') + "vif = []\n"
