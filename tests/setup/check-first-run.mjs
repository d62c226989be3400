/**
 * Runs a newcomer's first commands, each in its own fresh clone without packages: on several versions of Node, without
 * install scripts, without root rights, in a moved and in a copied clone. Plain JavaScript without dependencies, like
 * the setup that it tests. Prints one JSON line per case and ends with 1 if a case fails.
 *
 *   --only TEXT     runs the cases with TEXT in their names
 *   --list          prints the names of the cases
 *   --keep FOLDER   moves the clone of a passed case to this new folder, for further work
 *
 * It tests the committed files. The other Nodes come from npm.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NODES = ["20.20.2", "22.12.0", "22.23.2", "24.14.1"];
/** Output of slow steps in a first run; a ready clone prints none of it. */
const WORK = /^(Installing|Building|Generating|Linking) .*…$/m;

const argument = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const only = process.argv.includes("--only") ? argument("--only") : "";
const kept = process.argv.includes("--keep") ? argument("--keep") : undefined;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "first run ")));
const clones = join(folder, "clones");
// Another user's clone is in this folder too.
chmodSync(folder, 0o755);

function requireThat(isSo, text) {
  if (!isSo) throw new Error(text);
}

function runQuietly(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024, ...options });
  const end = `${done.stdout ?? ""}${done.stderr ?? ""}`.trim().split("\n").slice(-8).join("\n");
  requireThat(done.status === 0, `${program} ${args.join(" ")} ended with ${done.status}: ${end}`);
  return done;
}

function clone(name) {
  const path = join(clones, name);
  runQuietly("git", ["clone", "--quiet", ROOT, path]);
  return path;
}

/** A folder with only a Node of this version, for the start of the PATH. */
function folderOfNode(version) {
  const bin = join(folder, "nodes", version);
  if (existsSync(bin)) return bin;
  const prefix = join(folder, "nodes", `${version} packages`);
  const name = `node-${process.platform}-${process.arch}`;
  const npm = ["install", "--prefix", prefix, "--no-audit", "--no-fund", "--ignore-scripts"];
  runQuietly("npm", [...npm, `${name}@${version}`]);
  mkdirSync(bin, { recursive: true });
  renameSync(join(prefix, "node_modules", name, "bin", "node"), join(bin, "node"));
  rmSync(prefix, { recursive: true });
  return bin;
}

/** A shop's order log with two of twenty products bought together. */
function orderLog() {
  const lines = ["order_id,ts,sku,title,qty,unit_price,customer_id"];
  for (let order = 0; order < 3_000; order += 1) {
    const at = new Date(Date.UTC(2026, 0, 1) + order * 4_000_000).toISOString();
    const products = order % 5 === 0 ? [1, 2] : [3 + (order % 17), 3 + ((order * 7) % 17)];
    for (const product of new Set(products)) {
      lines.push(`${order},${at},SKU-${product},Product ${product},1,${5 + product}.00,c${order % 900}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function parseJson(text, what) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${what} is not JSON: ${text.slice(0, 200)}`);
  }
}

/** A newcomer's commands: the script, its arguments, and the check of its result. */
const COMMANDS = {
  demo: {
    args: ["--once", "--json"],
    check: ({ stdout }) => {
      const { proposed } = parseJson(stdout.trim().split("\n").at(-1), "the demo's last line");
      requireThat(proposed >= 20, `the demo proposed ${proposed} offers; expected at least 20`);
    },
  },
  suggest: {
    args: ["--orders", "orders.csv", "--out", "bundles.json"],
    check: ({ path }) => {
      const { bundles } = parseJson(readFileSync(join(path, "bundles.json"), "utf8"), "bundles.json");
      requireThat(Array.isArray(bundles), "bundles.json holds no bundles");
    },
  },
  rank: {
    args: ["--orders", "orders.csv", "--queries", "queries.jsonl", "--k", "3", "--out", "ranked.jsonl"],
    check: ({ path }) => {
      const { ranked } = parseJson(readFileSync(join(path, "ranked.jsonl"), "utf8"), "ranked.jsonl");
      requireThat(ranked.length === 3, "ranked.jsonl does not hold three products");
    },
  },
  forecast: {
    args: ["--orders", "orders.csv", "--as-of", "2026-05-01", "--horizon-days", "28", "--out", "f.csv"],
    check: ({ path }) =>
      requireThat(readFileSync(join(path, "f.csv"), "utf8").includes("SKU-1,28,"), "f.csv lacks a product"),
  },
  bench: {
    args: ["--only", "function-instructions"],
    check: ({ stdout }) => parseJson(stdout.trim().split("\n").at(-1), "the benchmark's last line"),
  },
  test: {
    args: ["tests/unit/process/log.test.ts", "tests/contract/shopify-toml.test.ts"],
    check: ({ stdout }) => requireThat(/\d+ passed, 0 failed/.test(stdout), "the tests did not pass"),
  },
};

/** Runs a command in a clone on a version of Node, and throws if it fails. */
function runCommand(name, path, { node, env = {} } = {}) {
  writeFileSync(join(path, "orders.csv"), orderLog());
  writeFileSync(join(path, "queries.jsonl"), '{"id":"1","basket":["SKU-1"],"at":"2026-05-20T00:00:00Z"}\n');
  const PATH = node === undefined ? process.env.PATH : [folderOfNode(node), process.env.PATH].join(delimiter);
  const done = runQuietly("npm", ["run", "-s", name, "--", ...COMMANDS[name].args], {
    cwd: path,
    env: { ...process.env, PATH, ...env },
  });
  COMMANDS[name].check({ path, ...done });
  return done;
}

function requireReady({ stderr }) {
  requireThat(!WORK.test(stderr), `it installs or builds again: ${WORK.exec(stderr)?.[0]}`);
}

/**
 * Runs the demo as another user, with only Node, npm, git and a few tools on the PATH, like a machine without Redis.
 */
function runAsNobody(path) {
  const bin = join(folder, "few programs");
  mkdirSync(bin, { recursive: true });
  const which = (program) => realpathSync(runQuietly("which", [program]).stdout.trim());
  for (const program of ["node", "git", "sh", "env", "sed", "dirname", "uname", "apt-get"]) {
    if (!existsSync(join(bin, program))) symlinkSync(which(program), join(bin, program));
  }
  if (!existsSync(join(bin, "npm"))) symlinkSync(which("npm"), join(bin, "npm"));
  const home = join(folder, "home of nobody");
  mkdirSync(home, { recursive: true });
  runQuietly("chown", ["-R", "nobody", path, home]);
  const line = `cd "${path}" && HOME="${home}" PATH="${bin}" npm run -s demo`;
  return spawnSync("su", ["nobody", "-s", "/bin/sh", "-c", line], { encoding: "utf8" });
}

async function whileListening(port, work) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  try {
    return await work();
  } finally {
    server.close();
  }
}

const cases = [];
const add = (name, work) => cases.push({ name, work });

for (const command of Object.keys(COMMANDS)) {
  add(`this machine's Node: ${command}`, () => runCommand(command, clone(`own ${command}`)));
  for (const node of NODES) {
    add(`Node ${node}: ${command}`, () => runCommand(command, clone(`${node} ${command}`), { node }));
  }
}
add("without install scripts: demo", () =>
  runCommand("demo", clone("no scripts"), { env: { npm_config_ignore_scripts: "true" } }),
);
add("not root and no Redis: one line before anything is installed", () => {
  const path = clone("nobody");
  const { status, stderr } = runAsNobody(path);
  requireThat(status === 1, `it ended with ${status}: ${stderr}`);
  requireThat(/^Missing: redis-server\. .*\n$/.test(stderr), `it said: ${stderr}`);
  requireThat(!existsSync(join(path, "node_modules")), "packages were installed");
});
add("a port in use, a moved and a copied clone: one line, and nothing is installed again", async () => {
  const path = clone("to move");
  runCommand("demo", path);
  const port = 4_321;
  const taken = await whileListening(port, () =>
    spawnSync("npm", ["run", "-s", "demo", "--", "--port", String(port)], { cwd: path, encoding: "utf8" }),
  );
  requireThat(taken.status !== 0, "it started on a port in use");
  requireThat(taken.stderr.includes(`Port ${port} is in use`), `it said: ${taken.stderr}`);
  const copied = join(clones, "copied elsewhere");
  cpSync(path, copied, { recursive: true, verbatimSymlinks: true });
  requireReady(runCommand("demo", copied));
  const moved = join(clones, "moved elsewhere");
  renameSync(path, moved);
  requireReady(runCommand("demo", moved));
});
add("size of the packages of the tests and of production", () => {
  const path = clone("weight");
  runCommand("test", path);
  const megabytes = (paths) =>
    Math.round(
      Number(
        runQuietly("du", ["-csk", ...paths.filter(existsSync)])
          .stdout.trim()
          .split("\n")
          .at(-1)
          .split("\t")[0],
      ) / 1024,
    );
  const all = ["node_modules", "tests/setup/node/node_modules", "extensions/bundle-discount/node_modules"];
  const allMb = megabytes(all.map((each) => join(path, each)));
  rmSync(join(path, "node_modules"), { recursive: true });
  // As in the last stage of the Dockerfile. Optional packages are for machines with a graphics card.
  runQuietly("npm", ["ci", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund"], { cwd: path });
  const productionMb = megabytes([join(path, "node_modules")]);
  console.log(JSON.stringify({ name: "size: packages of the tests", value: allMb, unit: "MB", bar: 800 }));
  console.log(
    JSON.stringify({ name: "size: packages of production", value: productionMb, unit: "MB", bar: 300 }),
  );
  requireThat(allMb <= 800 && productionMb <= 300, "the packages are too large");
});

let failed = 0;
try {
  for (const { name, work } of cases.filter((each) => each.name.includes(only))) {
    if (process.argv.includes("--list")) {
      console.log(name);
      continue;
    }
    const startedMs = performance.now();
    let problem;
    try {
      await work();
    } catch (error) {
      problem = error.message;
      failed += 1;
    }
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    console.log(
      JSON.stringify({ name: `first run: ${name}`, value: problem === undefined ? 1 : 0, seconds, problem }),
    );
    if (kept !== undefined && problem === undefined) renameSync(join(clones, readdirSync(clones)[0]), kept);
    rmSync(clones, { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);
