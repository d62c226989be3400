import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The amount of code to read: lines of the product, the fullest folder, and the files that one pass from webhook to
 * discount reaches by its imports, type imports included. Counts what git tracks in the current folder.
 */
const PRODUCT = /^(app|jobs|extensions|prisma)\/.*\.(tsx?|js|css|liquid|graphql|prisma)$/;
/** Generated files and the sentences. */
const NOT_COUNTED = /^app\/(locales\/[\w-]+\/|data\/generated\/)|\/assets\/.*\.js$/;

/** Webhook, apply, start run, prepare, train, propose, validate, approve, publish. */
const PASS = [
  "app/routes/machines/webhooks.ts",
  "app/services/collect/apply-shop-inbox.server.ts",
  "app/services/runs/start-run.server.ts",
  "app/services/prepare/prepare-run.server.ts",
  "app/services/behaviour/train-behaviour-run.server.ts",
  "app/services/trends/fit-trends-run.server.ts",
  "app/services/propose/propose-run.server.ts",
  "app/services/validate/validate-run.server.ts",
  "app/services/validate/decide-bundle.server.ts",
  "app/services/publish/publish-shop.server.ts",
];

const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n").filter(existsSync);
const product = tracked.filter((file) => PRODUCT.test(file) && !NOT_COUNTED.test(file));

const lines = product.map((file) => readFileSync(file, "utf8").split("\n").length - 1);
print("product lines", sum(lines), 48_000);

const perFolder = new Map<string, number>();
for (const folder of tracked
  .map((file) => dirname(file))
  .filter((folder) => /^(app|jobs|extensions|tests)/.test(folder))) {
  perFolder.set(folder, (perFolder.get(folder) ?? 0) + 1);
}
print("files of the fullest folder", Math.max(...perFolder.values()), 25);
print("files of one pass of the loop", reach(PASS).size, 220);

/** All files of the app that some files import, directly or indirectly, including themselves. */
function reach(from: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const next = [...from];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file) || /generated/.test(file) || !/\.tsx?$/.test(file)) continue;
    reached.add(file);
    for (const [, name] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([#.][^"]+)"/g)) {
      next.push(name!.startsWith("#") ? name!.slice(1) : join(dirname(file), name!));
    }
  }
  return reached;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function print(name: string, value: number, peer: number): void {
  console.log(JSON.stringify({ name, value, unit: "", peer, ratio: value / peer }));
}
