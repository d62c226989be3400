import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = import.meta.dirname;

interface ExtensionBuild {
  /** Folder under extensions/. */
  name: string;
  /** Output file, relative to the extension. */
  output: string;
  /** Source folders, relative to the extension. */
  inputs: string[];
  compile: (folder: string) => Promise<Uint8Array>;
}

/**
 * The builds that the Shopify CLI and the stand-in shop need. Theme files need none, except the copy of the style sheet
 * that the embed inlines. That copy is committed, because the CLI does not build it.
 */
const BUILDS: ExtensionBuild[] = [
  { name: "bundle-discount", output: "dist/function.wasm", inputs: ["assembly"], compile: compileFunction },
  {
    name: "bundle-offer",
    output: "snippets/bundlesmith-style.liquid",
    inputs: ["assets"],
    compile: compileEmbedStyle,
  },
  { name: "bundle-pixel", output: "dist/bundle-pixel.js", inputs: ["src"], compile: compileScript("iife") },
  // The CLI bundles it itself. This build shows that it compiles, and its size.
  { name: "next-offer", output: "dist/next-offer.js", inputs: ["src"], compile: compileScript("esm") },
];

/**
 * Builds the outputs that are older than their sources.
 *
 * @param names folders to build; all if empty
 * @param options.isForced also builds up-to-date outputs
 * @returns absolute paths of the outputs by extension; all exist
 * @throws Error naming the extension and the first compiler errors, or an unknown name
 */
export async function buildExtensions(
  names: string[] = [],
  options: { isForced?: boolean } = {},
): Promise<Record<string, string>> {
  const unknown = names.find((name) => !BUILDS.some((build) => build.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `no build for extension "${unknown}"; known: ${BUILDS.map((build) => build.name).join(", ")}`,
    );
  }
  const outputs: Record<string, string> = {};
  for (const build of BUILDS) {
    if (names.length > 0 && !names.includes(build.name)) continue;
    const folder = join(ROOT, build.name);
    const output = join(folder, build.output);
    outputs[build.name] = output;
    if (!options.isForced && (await isUpToDate(folder, build, output))) continue;
    await mkdir(join(output, ".."), { recursive: true });
    // The rename is atomic, so a concurrent build never reads half a file.
    const unfinished = `${output}.${process.pid}`;
    await writeFile(unfinished, await build.compile(folder));
    await rename(unfinished, output);
  }
  return outputs;
}

async function isUpToDate(folder: string, build: ExtensionBuild, output: string): Promise<boolean> {
  const builtAtMs = await stat(output).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  const sources = [fileURLToPath(import.meta.url)];
  for (const input of build.inputs) {
    for (const entry of await readdir(join(folder, input), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) sources.push(join(entry.parentPath, entry.name));
    }
  }
  const changedAtMs = await Promise.all(sources.map(async (path) => (await stat(path)).mtimeMs));
  return builtAtMs > Math.max(...changedAtMs);
}

/** Imports the compiler lazily, because it is large. */
async function compileFunction(folder: string): Promise<Uint8Array> {
  const { compileAssembly } = await import("./bundle-discount/compile.ts");
  return await compileAssembly(join(folder, "assembly"));
}

/**
 * The theme's style sheet as a snippet: minified, in a style element.
 *
 * @throws Error if the style contains Liquid syntax
 */
export async function compileEmbedStyle(folder: string): Promise<Uint8Array> {
  const { transform } = await import("esbuild");
  const css = await readFile(join(folder, "assets/bundle-offer.css"), "utf8");
  const { code } = await transform(css, { loader: "css", minify: true, logLevel: "silent" });
  if (/\{[{%]/.test(code)) throw new Error("bundle-offer: the style contains Liquid syntax");
  return Buffer.from(`<style>${code.trim()}</style>\n`);
}

function compileScript(format: "iife" | "esm") {
  return async (folder: string): Promise<Uint8Array> => {
    const { build } = await import("esbuild");
    const { outputFiles } = await build({
      entryPoints: [join(folder, "src/index.ts")],
      write: false,
      bundle: true,
      minify: true,
      format,
      platform: "browser",
      target: "es2020",
      logLevel: "silent",
    });
    return outputFiles[0]!.contents;
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  try {
    const outputs = await buildExtensions(names, { isForced: process.argv.includes("--force") });
    for (const [name, output] of Object.entries(outputs)) {
      console.log(`${name}: ${(await stat(output)).size} bytes, ${output.slice(ROOT.length + 1)}`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
