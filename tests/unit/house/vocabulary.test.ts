import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { jobCatalog } from "#app/queue/catalog.ts";
import { BANNED, OBSCURE_PHRASES, QUOTING } from "#tests/setup/vocabulary.ts";

/** Notes of past experiments keep the words of their time. */
const NOT_OURS = /node_modules|^tests\/(artefacts|bench\/notes)|^app\/data\/generated|\/dist(\/|$)/;

const files = globSync("{app,jobs,prisma,tests}/**/*.*").filter((file) => !NOT_OURS.test(file));
const sources = files.filter((file) => /^(app|jobs|tests)\/.*\.(tsx?|md)$/.test(file) && !QUOTING.has(file));
const toOneLine = (text: string) => text.replace(/\s*\n[\s*/]*/g, " ");
const toName = (words: string) => words.replace(/[-.]+(\w?)/g, (_, letter: string) => letter.toUpperCase());

describe.each(BANNED)("$instead has no other name", ({ name, text }) => {
  const banned = new RegExp(name);

  it("in a file name", () => {
    expect(files.filter((file) => banned.test(toName(basename(file))))).toEqual([]);
  });

  it("in a job name", () => {
    expect(Object.keys(jobCatalog).filter((job) => banned.test(toName(job)))).toEqual([]);
  });

  it.runIf(text)("in a comment or a title", () => {
    const word = new RegExp(text!, "i");
    expect(sources.filter((file) => word.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});

it("no source has an obscure phrase", () => {
  expect(sources.filter((file) => OBSCURE_PHRASES.test(toOneLine(readFileSync(file, "utf8"))))).toEqual([]);
});
