/**
 * Makes a fresh clone ready, and a ready one stays as it is: installs the packages, generates the Prisma client,
 * builds app and extensions, and finds or installs Redis and Chromium. Plain JavaScript without dependencies,
 * because it runs before anything is installed, on whatever Node the machine has.
 *
 *   --engine         packages only, for the command line
 *   --with-browser   for the tests: Chromium too, and WebGPU, whose software driver Chromium brings along
 *
 * Everything it says goes to stderr: stdout belongs to the command that follows.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STAMPS = join(ROOT, "node_modules", ".cache", "bundlesmith");
const isEngineOnly = process.argv.includes("--engine");
const needsBrowser = process.argv.includes("--with-browser");

const say = (text) => process.stderr.write(`${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

/** Runs a command and tells what for; its output is kept back. */
function attempt(command, args, { purpose, env = {} }) {
  say(`${purpose} …`);
  return spawnSync(command, args, {
    cwd: ROOT,
    // Prisma's check for news hangs without a network.
    env: {
      CHECKPOINT_DISABLE: "1",
      ...process.env,
      PATH: `${join(ROOT, "node_modules", ".bin")}:${process.env.PATH}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs a command; ends the process with the end of its output and one line when it fails. */
function run(command, args, { purpose, env }) {
  const done = attempt(command, args, { purpose, env });
  if (done.status === 0) return;
  say(`${done.stdout ?? ""}${done.stderr ?? ""}`.split("\n").slice(-30).join("\n"));
  fail(
    `${purpose} failed: \`${command} ${args.join(" ")}\` ended with ${done.status ?? done.error?.message}.`,
  );
}

const hasCommand = (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;

/** A digest of the contents of files and folders; what is generated into them is passed over. */
function digestOf(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (
      /(^|\/)(node_modules|generated|dist|build|assets)$/.test(path) &&
      !path.endsWith("bundle-offer/assets")
    )
      return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else hash.update(path).update(readFileSync(path));
  };
  for (const path of paths.map((each) => join(ROOT, each)).filter(existsSync)) visit(path);
  return hash.digest("hex");
}

/** Does the work unless it was done for these very inputs and its output is still there. */
function once(name, inputs, outputs, work) {
  const stamp = join(STAMPS, name);
  const digest = digestOf(inputs);
  const isDone = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (isDone && outputs.every((path) => existsSync(join(ROOT, path)))) return;
  work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, digest);
}

function installPackages() {
  once("packages", ["package-lock.json"], ["node_modules/.bin/node", "node_modules/.bin/prisma"], () =>
    run("npm", ["ci", "--no-audit", "--no-fund"], { purpose: "Installing packages (one to three minutes)" }),
  );
}

/** Two test files ask for it, and are skipped without it: the rest goes on where it cannot be had. */
function installWebGpu() {
  // TensorFlow.js itself is found in the folder above: two copies would not know of each other.
  const from = ["ci", "--prefix", "tests/webgpu", "--legacy-peer-deps", "--ignore-scripts"];
  // Without a network every npm test would else wait for npm to try again.
  const soon = [
    "--prefer-offline",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--no-audit",
    "--no-fund",
  ];
  once("webgpu", ["tests/webgpu/package-lock.json"], ["tests/webgpu/node_modules/webgpu"], () => {
    const { status } = attempt("npm", [...from, ...soon], { purpose: "Installing WebGPU for the tests" });
    if (status !== 0) say("WebGPU could not be installed: the tests that compute on it will be skipped.");
  });
}

/** Installs Debian packages where this user may; elsewhere says what to install. */
function installFromDebian(packages, { otherwise }) {
  const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (!mayInstall) fail(otherwise);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { purpose: "Reading Debian's package lists", env });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
    purpose: `Installing ${packages.join(" and ")}`,
    env,
  });
}

installPackages();
if (!isEngineOnly) {
  once("prisma", ["prisma/schema.prisma"], ["app/data/generated/client.ts"], () =>
    run("prisma", ["generate"], {
      purpose: "Generating the database client",
      env: { DATABASE_URL: "postgres://unused" },
    }),
  );
  once(
    "extensions",
    ["extensions", "package-lock.json"],
    ["extensions/bundle-discount/dist/function.wasm"],
    () => run("node", ["extensions/build.ts"], { purpose: "Building the extensions" }),
  );
  once(
    "app",
    ["app", "jobs", "prisma/schema.prisma", "vite.config.ts", "package-lock.json"],
    ["build/server/index.js"],
    () => run("remix", ["vite:build"], { purpose: "Building the app" }),
  );
  if (needsBrowser) installWebGpu();
  const missing = [];
  if (!process.env.REDIS_URL && !hasCommand("redis-server") && !hasCommand("valkey-server"))
    missing.push("redis-server");
  if (needsBrowser && !process.env.CHROMIUM_PATH && !existsSync("/usr/bin/chromium"))
    missing.push("chromium");
  if (missing.length > 0) {
    installFromDebian(missing, {
      otherwise:
        `Missing: ${missing.join(", ")}. Install with your package manager (macOS: brew install redis chromium), ` +
        "or set REDIS_URL to a running Redis and CHROMIUM_PATH to a Chromium.",
    });
  }
}
