// xlcfg under Pyodide: takes {id, request}, answers {id, answer} or {id, failure}.
// xlcfg/docs/playground.py says what requests and answers hold.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const started = start();

async function start() {
  const here = (path) => new URL(path, import.meta.url).href;
  const [python, archive] = await Promise.all([
    loadPyodide({ indexURL: here("./pyodide/") }),
    fetch(here("./xlcfg.zip")).then((got) => {
      if (!got.ok) throw new Error(`xlcfg.zip: ${got.status}`);
      return got.arrayBuffer();
    }),
  ]);
  python.unpackArchive(archive, "zip", { extractDir: "/xlcfg" });
  python.runPython("import sys; sys.path.insert(0, '/xlcfg')");
  const module = python.pyimport("xlcfg.docs.playground");
  postMessage({ choices: JSON.parse(module.choices()) });
  return module.answer;
}

started.catch((error) => postMessage({ failure: String(error) }));

onmessage = async ({ data: { id, request } }) => {
  try {
    const answer = (await started)(JSON.stringify(request));
    postMessage({ id, answer: JSON.parse(answer) });
  } catch (error) {
    postMessage({ id, failure: String(error) });
  }
};
