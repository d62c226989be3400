import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCompletionQueries } from "#app/services/files/read-completion-queries.server.ts";

let folder: string;

async function read(content: string) {
  const path = join(folder, "queries.jsonl");
  await writeFile(path, content);
  return readCompletionQueries(path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-queries-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("completion query", () => {
  it.each([
    ['{"basket":["A1"]}', "line 1: id: a text or a number was expected"],
    ['{"id":null,"basket":["A1"]}', "line 1: id: a text or a number was expected"],
    ['{"id":1,"basket":["A1",null]}', "line 1: basket.1: a text or a number was expected"],
    ['{"id":1,"basket":"A1"}', "line 1: basket: a list of SKUs was expected"],
    ['{"id":1,"basket":[],"at":17}', "line 1: at: a date such as 2011-06-01T07:37:00 was expected"],
    ["null", 'line 1: the line: {"id":…,"basket":[…],"at":…} was expected'],
    ['["A1"]', 'line 1: the line: {"id":…,"basket":[…],"at":…} was expected'],
  ])("%s is refused with the expected format", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("keeps its id as given, with all digits beyond 2^53", async () => {
    const ids = ['"007"', "7", "-1.5", "12345678901234567890", '" x "'];
    const questions = await read(ids.map((id) => `{"id":${id},"basket":[]}`).join("\n"));
    expect(questions.map(({ id }) => id)).toEqual(["007", 7, -1.5, "12345678901234567890", " x "]);
  });

  it("reads SKUs and the customer as trimmed text, as in a log", async () => {
    const [question] = await read('{"id":1,"basket":[" A1 ",85123,12345678901234567890],"customer":" c9 "}');
    expect(question).toMatchObject({ basket: ["A1", "85123", "12345678901234567890"], customer: "c9" });
    expect(await read('{"id":1,"basket":[],"customer":" "}')).toMatchObject([{ customer: null }]);
  });

  it("ends at its line break, in a file of any size, and not at U+2028", async () => {
    const query = (id: number) => JSON.stringify({ id, basket: ["ä\u2028".repeat(500)] });
    for (const eol of ["\n", "\r\n", "\r"]) {
      const questions = await read(Array.from({ length: 300 }, (_, id) => query(id)).join(`${eol}${eol}`));
      expect(questions.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, id) => id));
      expect(questions.at(-1)!.line).toBe(599);
    }
  });

  it("can follow a byte order mark and empty lines", async () => {
    expect(await read('\uFEFF\n\n{"id":1,"basket":[]}')).toMatchObject([{ line: 3 }]);
    expect(await read('\uFEFF{"id":1,"basket":[]}\r\n')).toMatchObject([{ id: 1, line: 1 }]);
  });
});
