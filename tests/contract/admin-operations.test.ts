import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";

const folder = new URL("../../app/shopify/", import.meta.url);
const schema = buildSchema(
  gunzipSync(readFileSync(new URL("../standin/schema/admin.graphql.gz", import.meta.url))).toString("utf8"),
);
const OPERATION = /(?:#graphql)?\s*\b(query|mutation)\s+\w+/;

/** Every text constant that our modules for the Admin API export and that is an operation. */
async function listOperations(): Promise<[name: string, operation: string][]> {
  const found: [string, string][] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    const exported = (await import(new URL(file, folder).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value === "string" && OPERATION.test(value)) found.push([`${file} ${name}`, value]);
    }
  }
  return found;
}

const operations = await listOperations();

describe("the operations that we send to the Admin API", () => {
  it("are found, so that none escapes this test by its name", () => {
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, folder), "utf8"));
    const written = sources.join("\n").match(/`#graphql/g) ?? [];

    expect(operations.length).toBeGreaterThanOrEqual(written.length);
    expect(operations.length).toBeGreaterThan(8);
  });

  it.each(operations)("%s is valid in Shopify's own schema", (_, operation) => {
    expect(validate(schema, parse(operation)).map(({ message }) => message)).toEqual([]);
  });
});
