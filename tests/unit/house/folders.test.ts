import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const MOST_FILES = 25;
const NOT_OURS = /node_modules|^tests\/artefacts|^app\/data\/generated|\/dist(\/|$)/;

const files = globSync("{app,jobs,extensions,prisma,tests}/**/*.*").filter((file) => !NOT_OURS.test(file));

it("no folder holds more than 25 files", () => {
  const counts = new Map<string, number>();
  for (const folder of files.map((file) => dirname(file))) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count > MOST_FILES);
  expect(full).toEqual([]);
});

/** All imports, including types: [from file, to file]. */
const imports = files
  .filter((file) => /^(app|jobs|tests)\/.*\.tsx?$/.test(file))
  .flatMap((file) =>
    ts
      .preProcessFile(readFileSync(file, "utf8"), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => /^(#|\.)/.test(name))
      .map((name) => [file, name.startsWith("#") ? name.slice(1) : join(dirname(file), name)] as const),
  );

/** A path from a place back to itself; null if there is none. */
function findCircle(placeOf: (file: string) => string, among = imports): string[] | null {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of among) {
    const [a, b] = [placeOf(from), placeOf(to)];
    if (a !== b) next.set(a, (next.get(a) ?? new Set()).add(b));
  }
  const done = new Set<string>();
  const walk = (place: string, way: readonly string[]): string[] | null => {
    if (way.includes(place)) return [...way.slice(way.indexOf(place)), place];
    if (done.has(place)) return null;
    for (const one of next.get(place) ?? []) {
      const circle = walk(one, [...way, place]);
      if (circle) return circle;
    }
    done.add(place);
    return null;
  };
  for (const place of next.keys()) {
    const circle = walk(place, []);
    if (circle) return circle;
  }
  return null;
}

describe("imports contain no cycle", () => {
  it("between files of the product", () => {
    const product = imports.filter(([from]) => !from.startsWith("tests/"));
    expect(findCircle((file) => file, product)).toBeNull();
  });

  it("between folders", () => expect(findCircle(dirname)).toBeNull());

  it.each([1, 2, 3])("between folders to a depth of %i, including their contents", (depth) => {
    expect(findCircle((file) => dirname(file).split("/").slice(0, depth).join("/"))).toBeNull();
  });
});
