import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/**
 * Import path from a file to a wanted file, both included; undefined without one. Type imports do not
 * count, because they do not exist at runtime.
 */
function pathTo(from: string, isWanted: (file: string) => boolean): string[] | undefined {
  const reachedBy = new Map<string, string | null>([[from, null]]);
  for (const [file] of reachedBy) {
    if (isWanted(file)) {
      const path: string[] = [];
      for (let at: string | null = file; at !== null; at = reachedBy.get(at)!) path.unshift(at);
      return path;
    }
    if (!file.endsWith(".ts")) continue;
    const imports = readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?"([#.][^"]+)"/gm);
    for (const [, name] of imports) {
      const imported = name!.startsWith("#") ? name!.slice(1) : join(dirname(file), name!);
      if (!reachedBy.has(imported)) reachedBy.set(imported, file);
    }
  }
  return undefined;
}

const commands = readdirSync("jobs/cli")
  .map((name) => `jobs/cli/${name}`)
  .filter((file) => readFileSync(file, "utf8").includes("await runCommand("));

describe("command-line tool", () => {
  it.each(commands)("%s runs in a clone without a generated database client", (command) => {
    expect(pathTo(command, (file) => file.startsWith("app/data/generated/"))).toBeUndefined();
  });
});

describe("the set-up of a clone", () => {
  const clone = mkdtempSync(join(tmpdir(), "bundlesmith-clone-"));
  afterAll(() => rmSync(clone, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    writeFileSync(join(clone, path), text);
  }

  /** Writes the packages' lock file and sets the clone up; returns whether that installed packages. */
  function setUp(lock: string): boolean {
    write("package-lock.json", lock);
    const args = [join(clone, "tests/setup/bootstrap.mjs"), "--engine"];
    return spawnSync(process.execPath, args, { encoding: "utf8" }).stderr.includes("Installing packages");
  }

  it("does a step again after it failed for other sources, though its own are as at the last success", () => {
    const lock = JSON.stringify({ lockfileVersion: 3, packages: { "": {} } });
    write("package.json", "{}");
    write("tests/setup/bootstrap.mjs", readFileSync("tests/setup/bootstrap.mjs", "utf8"));
    write("node_modules/.bin/prisma", "");
    write(
      ".cache/bundlesmith/packages",
      createHash("sha256").update("package-lock.json").update(lock).digest("hex"),
    );
    expect(setUp(lock)).toBe(false);
    setUp("of another branch, and wrong");
    expect(setUp(lock)).toBe(true);
  });
});
