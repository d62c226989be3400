import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

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
