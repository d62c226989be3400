import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";

const documents = globSync(["README.md", "{app,jobs,extensions,prisma,tests}/**/*.md"]).filter(
  (file) => !/node_modules|^tests\/artefacts/.test(file),
);

/** Text in backticks that starts with a folder of the project. */
const PATH = /`((?:app|jobs|tests|extensions|prisma)\/[^`\s]*)`/g;
/** Placeholders for the reader, and a webhook topic. */
const NO_PATH = /NAME|^app\/uninstalled$/;

it.each(documents)("every path that %s names exists", (file) => {
  const named = [...readFileSync(file, "utf8").matchAll(PATH)].map(([, path]) => path!);
  const gone = named.filter((path) => !NO_PATH.test(path) && !existsSync(path));
  expect(gone).toEqual([]);
});

it.each(globSync("app/decisions/*/*.md"))(
  "%s is short and states its context, decision and consequences and since when it applies",
  (file) => {
    const text = readFileSync(file, "utf8");
    expect(text.slice(2, 5)).toBe(basename(file).slice(0, 3));
    expect(text).toMatch(
      /^# \d{3} .+\n\nStatus: in force since \d{4}-\d\d-\d\d.+\*\*Context\..+\*\*Decision\..+\*\*Consequences\./s,
    );
    expect(text.trim().split(/\s+/).length).toBeLessThan(250);
  },
);

it("the code cites exactly the existing decisions", () => {
  const code = globSync("{app,extensions,jobs,tests}/**/*.{ts,tsx,mjs,liquid}").filter(
    (file) => !/node_modules|generated|\/dist\/|^tests\/artefacts/.test(file),
  );
  const cited = code.flatMap(
    (file) => readFileSync(file, "utf8").match(/app\/decisions\/\w+\/[\w-]+\.md/g) ?? [],
  );
  expect([...new Set(cited)].sort()).toEqual(globSync("app/decisions/*/*.md").sort());
});

it("every link of the README leads to a file", () => {
  const links = [...readFileSync("README.md", "utf8").matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
});

it("every variable that a process reads is documented", () => {
  const schema = /z\.object\(\{(.*?)^\}\);/ms.exec(readFileSync("app/process/env.server.ts", "utf8"))![1]!;
  const read = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name!);
  const documented = readFileSync("app/docs/operations.md", "utf8");
  expect(read.length).toBeGreaterThan(10);
  expect(read.filter((name) => !documented.includes(`| \`${name}\``))).toEqual([]);
});
