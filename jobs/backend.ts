import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { getBackend, ready, setBackend } from "@tensorflow/tfjs-core";

/** In order of preference. `cpu` is plain JavaScript, thirty times slower than WebAssembly: only when forced. */
const BACKENDS = ["tfjs-node-gpu", "tfjs-node", "wasm", "cpu"] as const;
type BackendName = (typeof BACKENDS)[number];

/** What TensorFlow.js calls each of them. */
const TFJS_NAME = {
  "tfjs-node-gpu": "tensorflow",
  "tfjs-node": "tensorflow",
  wasm: "wasm",
  cpu: "cpu",
} as const;

/**
 * Picks the TensorFlow.js backend of this process, once at start: the native packages where they are installed and
 * load, else WebAssembly.
 *
 * @param forced take this one or fail
 * @throws Error when the forced backend, or every one, fails to start; the message has each reason
 */
export async function chooseBackend(forced?: BackendName): Promise<{ name: BackendName }> {
  const problems: string[] = [];
  for (const name of forced ? [forced] : BACKENDS.filter((backend) => backend !== "cpu")) {
    const problem = await tryBackend(name);
    if (problem === null) return { name };
    problems.push(`${name}: ${problem}`);
  }
  throw new Error(`No TensorFlow.js backend starts. ${problems.join("; ")}`);
}

async function tryBackend(name: BackendName): Promise<string | null> {
  try {
    await loadBackend(name);
    if (!(await setBackend(TFJS_NAME[name]))) return "it registered but did not initialise";
    await ready();
    return getBackend() === TFJS_NAME[name] ? null : `TensorFlow.js chose ${getBackend()} instead`;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0]! : String(error);
  }
}

async function loadBackend(name: BackendName): Promise<void> {
  const require = createRequire(import.meta.url);
  switch (name) {
    case "tfjs-node-gpu":
    case "tfjs-node":
      // An optional dependency: the specifier is a value, so that the compiler does not ask for its types.
      await import(pathToFileURL(require.resolve(`@tensorflow/${name}`)).href);
      return;
    case "wasm": {
      const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"));
      return;
    }
    case "cpu":
      await import("@tensorflow/tfjs-backend-cpu");
      return;
  }
}
