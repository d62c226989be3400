/**
 * Rehearses a release: Shopify's command line reads every configuration file and builds every extension, in a copy of
 * the tracked files and without a login. Prints the first refusal in one line and ends with 1. At the end it breaks one
 * line at a time and requires a refusal of each, to prove that the check works.
 *
 * It does not check what only Shopify's servers validate: names of webhook topics and scopes, which
 * tests/contract/shopify-toml.test.ts compares with the schema, and the settings of extension types that Shopify
 * defines on its servers (links, pixels). The last step of a Function's build links the module to Shopify's provider
 * with a program from outside npm. A program that does nothing replaces it.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = join(ROOT, "tests/setup/release/node_modules");
const SHOPIFY = join(PACKAGES, "@shopify/cli/bin");
/** Matches the version of the command line that the folder pins. */
const LINKER = "shopify-function-trampoline-2.0.1";

/** Lines that Shopify must refuse: the file, the correct text and the wrong text. */
const WRONG_LINES = [
  ["shopify.app.toml", "embedded = true", 'embedded = "yes"'],
  ["shopify.app.toml", 'uri = "/webhooks"', 'uri = "webhooks"'],
  ["shopify.app.toml", '"customers/redact"', '"customers/forget"'],
  ["extensions/bundle-discount/shopify.extension.toml", 'api_version = "2026-10"', "api_version = 7"],
  ["extensions/sidekick-offers/shopify.extension.toml", "./tools.json", "./gone.json"],
];

function requireThat(isSo, text) {
  if (!isSo) throw new Error(text);
}

function git(...args) {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).stdout;
}

/** Places the programs that the command line downloads on first use where it looks for them. */
function placePrograms() {
  copyFileSync(join(PACKAGES, "binaryen/bin/wasm-opt"), join(SHOPIFY, "wasm-opt.cjs"));
  writeFileSync(join(SHOPIFY, LINKER), "#!/bin/sh\n", { mode: 0o755 });
}

/** Copies the tracked files in their current state and links the installed packages. */
function copyTracked(folder) {
  for (const path of git("ls-files", "-z").split("\0").filter(Boolean)) {
    if (!existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  const extensions = readdirSync(join(ROOT, "extensions")).map((name) => join("extensions", name));
  for (const packages of ["", ...extensions].map((each) => join(each, "node_modules"))) {
    if (existsSync(join(ROOT, packages))) symlinkSync(join(ROOT, packages), join(folder, packages));
  }
}

/** @returns the command line's refusal of the folder in one line; empty if it builds */
function build(folder) {
  const args = ["app", "build", "--client-id", "rehearsal", "--skip-dependencies-installation"];
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(SHOPIFY, "run.js"), ...args, "--path", folder],
    {
      encoding: "utf8",
      timeout: 5 * 60_000,
      env: { ...process.env, CI: "1", NO_COLOR: "1", SHOPIFY_CLI_NO_ANALYTICS: "1" },
    },
  );
  if (status === 0) return "";
  // The text of its error box, or the end of its output.
  const box = stderr.includes("╭") ? stderr.slice(stderr.indexOf("╭")) : `${stdout}${stderr}`.slice(-600);
  const text = box
    .replace(/[╭╰─╮╯│]+/g, " ")
    .replaceAll(folder, "")
    .replace(/\s+/g, " ");
  return error?.message ?? (text.trim() || `it ended with ${status}`);
}

function rehearse(folder) {
  const before = git("status", "--porcelain");
  placePrograms();
  copyTracked(folder);
  const refusal = build(folder);
  requireThat(refusal === "", `Shopify's command line refuses the release: ${refusal}`);
  for (const [file, right, wrong] of WRONG_LINES) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    requireThat(text.includes(right), `${file} no longer holds ${right}: choose another line to break.`);
    writeFileSync(path, text.replace(right, wrong));
    requireThat(build(folder) !== "", `${file} with ${wrong} was not refused: the rehearsal checks nothing.`);
    writeFileSync(path, text);
  }
  requireThat(git("status", "--porcelain") === before, "The rehearsal changed files of the repository.");
  const { length } = git("ls-files", "extensions/*/shopify.extension.toml").trim().split("\n");
  return `Shopify's command line accepts the app and its ${length} extensions, and refuses ${WRONG_LINES.length} wrong lines.`;
}

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-release-"));
try {
  console.log(rehearse(folder));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
