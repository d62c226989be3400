import { readdirSync, readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { readAdminSchema } from "#tests/standin/admin-api/admin-schema.ts";
import { listAdminOperations, OPERATIONS_FOLDER } from "./list-admin-operations.ts";

const schema = readAdminSchema();
const operations = await listAdminOperations();

describe("the operations that we send to the Admin API", () => {
  it("are all found by this test", () => {
    const sources = readdirSync(OPERATIONS_FOLDER)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(new URL(name, OPERATIONS_FOLDER), "utf8"));
    const written = sources.join("\n").match(/`#graphql/g) ?? [];

    expect(operations.length).toBeGreaterThanOrEqual(written.length);
    expect(operations.length).toBeGreaterThan(8);
  });

  it.each(operations)("%s is valid in Shopify's schema", (_, operation) => {
    expect(validate(schema, parse(operation)).map(({ message }) => message)).toEqual([]);
  });
});
