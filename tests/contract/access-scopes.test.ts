import { readFileSync } from "node:fs";
import { getNamedType, parse, TypeInfo, visit, visitWithTypeInfo } from "graphql";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAdminSchema, readAdminScopes } from "#tests/standin/admin-api/admin-schema.ts";
import { listAdminOperations } from "./list-admin-operations.ts";

const AppToml = z.object({
  access_scopes: z.object({ scopes: z.string() }),
  webhooks: z.object({ subscriptions: z.array(z.object({ topics: z.array(z.string()).optional() })) }),
});
const app = AppToml.parse(parseToml(readFileSync("shopify.app.toml", "utf8")));
const asked = app.access_scopes.scopes.split(",");
/** A write scope includes the read scope. */
const granted = new Set(asked.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));
const schema = readAdminSchema();
const operations = await listAdminOperations();

/** For each protected field and type of an operation, the scopes that grant access; one of them is enough. */
function neededScopes(operation: string): { place: string; anyOf: readonly string[] }[] {
  const needed = new Map<string, readonly string[]>();
  const info = new TypeInfo(schema);
  const note = (place: string) => {
    const anyOf = readAdminScopes().get(place);
    if (anyOf && anyOf.length > 0) needed.set(place, anyOf);
  };
  visit(
    parse(operation),
    visitWithTypeInfo(info, {
      Field({ name }) {
        const parent = info.getParentType();
        const type = info.getType();
        if (parent) note(`${parent.name}.${name.value}`);
        if (type) note(getNamedType(type).name);
      },
    }),
  );
  return [...needed].map(([place, anyOf]) => ({ place, anyOf }));
}

describe("the access scopes of shopify.app.toml", () => {
  it.each(operations)("grant access to every field of %s", (_, operation) => {
    const closed = neededScopes(operation).filter(({ anyOf }) => !anyOf.some((scope) => granted.has(scope)));
    expect(closed).toEqual([]);
  });

  it("include no unused scope, except the pixel's and the app proxy's, which no operation needs", () => {
    const used = new Set(operations.flatMap(([, text]) => neededScopes(text).flatMap(({ anyOf }) => anyOf)));
    const idle = asked.filter((scope) => !used.has(scope) && !used.has(scope.replace(/^write_/, "read_")));
    expect(idle).toEqual(["read_customer_events", "write_app_proxy"]);
  });
});

describe("the webhook topics of shopify.app.toml", () => {
  const topics = app.webhooks.subscriptions.flatMap((subscription) => subscription.topics ?? []);
  const known = schema.getType("WebhookSubscriptionTopic");

  it.each(topics)("%s exists in Shopify's schema", (topic) => {
    const names = known && "getValues" in known ? known.getValues().map(({ name }) => name) : [];
    expect(names).toContain(topic.replace("/", "_").toUpperCase());
  });
});
