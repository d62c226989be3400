import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/**
 * Bytes of script that each admin page loads, as the web process sends them (Brotli, quality 9), and what a part of it
 * adds that is loaded once it is opened.
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
const sizes = new Map<string, number>();

for (const route of Object.values(assets.routes)) {
  if (!route.id.startsWith("routes/app.")) continue;
  const files = filesOf(route.id);
  if (files.size === 0) continue;
  const bytes = [...files].reduce((sum, file) => sum + transferredBytes(file), 0);
  const name = `admin javascript, ${route.id.slice("routes/".length)}`;
  console.log(JSON.stringify({ name, value: bytes, unit: "B", peer: null, ratio: null }));
}

for (const route of Object.values(assets.routes)) {
  const own = filesOf(route.id);
  for (const late of [...own].flatMap(listLate)) {
    const more = [...withImports(late)].filter((file) => !own.has(file));
    const bytes = more.reduce((sum, file) => sum + transferredBytes(file), 0);
    const part = late.slice("/assets/".length).replace(/-.{8}\.js$/, "");
    const name = `admin javascript, ${part} of ${route.id.slice("routes/".length)}, loaded late`;
    console.log(JSON.stringify({ name, value: bytes, unit: "B", peer: null, ratio: null }));
  }
}

/** The components that a chunk asks for later; texts are loaded so too, but a page needs one language of them at once. */
function listLate(address: string): string[] {
  const found = readChunk(address).matchAll(/\bimport\("\.\/([A-Z][^"]*\.js)"\)/g);
  return [...new Set([...found].map(([, file]) => `/assets/${file}`))];
}

/** A chunk and everything that it cannot start without. */
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

/** The route's own chunks, those of its layouts, and the entry's; none for a route without a page. */
function filesOf(routeId: string): Set<string> {
  const chunks: Chunk[] = [assets.entry];
  for (let id: string | undefined = routeId; id; id = assets.routes[id]?.parentId) {
    const route = assets.routes[id];
    if (route) chunks.push(route);
  }
  const own = assets.routes[routeId];
  const hasPage = (own?.imports?.length ?? 0) > 0;
  return new Set(hasPage ? chunks.flatMap(({ module, imports = [] }) => [module, ...imports]) : []);
}

function transferredBytes(address: string): number {
  const known = sizes.get(address);
  if (known !== undefined) return known;
  const bytes = readFileSync(fileURLToPath(new URL(address.slice("/assets/".length), CLIENT)));
  const size = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
  sizes.set(address, size);
  return size;
}
