import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Bytes of script that each admin page loads in English, with its texts, as the web process sends them, and the
 * additional bytes of parts that load when they are opened. A page above the bar fails.
 */

const CLIENT = new URL("../../../build/client/assets/", import.meta.url);

interface Chunk {
  readonly module: string;
  readonly imports?: readonly string[];
}
interface Manifest {
  readonly entry: Chunk;
  readonly routes: Readonly<Record<string, Chunk & { readonly id: string; readonly parentId?: string }>>;
}

const manifestName = existsSync(CLIENT)
  ? readdirSync(CLIENT).find((name) => /^manifest-.*\.js$/.test(name))
  : undefined;
if (manifestName === undefined) {
  console.error("bench admin-javascript: build/ is missing; run `npm run build` first");
  process.exit(0);
}
// The build writes it as a script: `window.__remixManifest={…};`.
const manifestText = readFileSync(new URL(manifestName, CLIENT), "utf8");
const assets = JSON.parse(manifestText.replace(/^[^=]*=/, "").replace(/;\s*$/, "")) as Manifest;
const BAR_BYTES = 120_000;
const files = new Map(Object.values(assets.routes).map((route) => [route, filesOf(route.id)]));

for (const [{ id }, own] of files) {
  if (!id.startsWith("routes/admin/") || own.size === 0) continue;
  const bytes = sumOf(own);
  print(id.slice("routes/admin/".length), bytes, BAR_BYTES);
  if (bytes > BAR_BYTES) process.exitCode = 1;
}
for (const [{ id }, own] of files) {
  for (const late of [...own].flatMap(listLate)) {
    const more = [...withImports(late)].filter((file) => !own.has(file));
    const part = late.slice("/assets/".length).replace(/-.{8}\.js$/, "");
    print(`${part} of ${id.slice("routes/admin/".length)}, loaded late`, sumOf(more), null);
  }
}

function print(what: string, bytes: number, bar: number | null): void {
  const ratio = bar === null ? null : bytes / bar;
  console.log(
    JSON.stringify({ name: `admin javascript, ${what}`, value: bytes, unit: "B", peer: bar, ratio }),
  );
}

/**
 * The components that a chunk loads later. Texts are loaded the same way, but a page needs one language of them at
 * once.
 */
function listLate(address: string): string[] {
  const found = readChunk(address).matchAll(/\bimport\("\.\/([A-Z][^"]*\.js)"\)/g);
  return [...new Set([...found].map(([, file]) => `/assets/${file}`))];
}

/** A chunk and everything that it needs to start. */
function withImports(address: string, known = new Set<string>()): Set<string> {
  if (known.has(address)) return known;
  known.add(address);
  for (const [, file] of readChunk(address).matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) {
    withImports(`/assets/${file}`, known);
  }
  return known;
}

function readChunk(address: string): string {
  return readFileSync(fileURLToPath(new URL(address.slice("/assets/".length), CLIENT)), "utf8");
}

/** The route's own chunks, those of its layouts and of the entry, and their texts; none for a route without a page. */
function filesOf(routeId: string): Set<string> {
  if ((assets.routes[routeId]?.imports?.length ?? 0) === 0) return new Set();
  const chunks: Chunk[] = [assets.entry];
  for (let id: string | undefined = routeId; id; id = assets.routes[id]?.parentId) {
    const route = assets.routes[id];
    if (route) chunks.push(route);
  }
  const namespaces = chunks.flatMap(({ module }) => {
    const [, listed = ""] = /\btexts:\[([^\]]*)\]/.exec(readChunk(module)) ?? [];
    return [...listed.matchAll(/"([^"]+)"/g)].map(([, namespace]) => namespace!);
  });
  const entry = readChunk(assets.entry.module);
  const texts = ["common", ...namespaces].map((namespace) => {
    const found = new RegExp(`"\\./en/${namespace}\\.json":[^,]*?import\\("\\./([^"]+)"\\)`).exec(entry);
    if (!found) throw new Error(`the entry does not load the English texts ${namespace}`);
    return `/assets/${found[1]}`;
  });
  return new Set([...chunks.flatMap(({ module, imports = [] }) => [module, ...imports]), ...texts]);
}

function sumOf(addresses: Iterable<string>): number {
  return [...addresses].reduce((sum, address) => sum + transferredBytes(address), 0);
}

function transferredBytes(address: string): number {
  return statSync(fileURLToPath(new URL(`${address.slice("/assets/".length)}.br`, CLIENT))).size;
}
