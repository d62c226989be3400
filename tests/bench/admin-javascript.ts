import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

/** Bytes of script that each admin page loads, as the web process sends them (Brotli, quality 9). */

const CLIENT = new URL("../../build/client/assets/", import.meta.url);

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
