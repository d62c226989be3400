import { readdirSync, readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const AppToml = z.object({
  application_url: z.url(),
  embedded: z.literal(true),
  access_scopes: z.object({ scopes: z.string() }),
  auth: z.object({ redirect_urls: z.array(z.url()).min(1) }),
  webhooks: z.object({
    api_version: z.string(),
    subscriptions: z.array(
      z
        .object({
          topics: z.array(z.string()).optional(),
          compliance_topics: z.array(z.string()).optional(),
          uri: z.string().startsWith("/"),
          include_fields: z.array(z.string()).optional(),
        })
        .strict(),
    ),
  }),
});

const readToml = (path: string) => parse(readFileSync(path, "utf8"));
const app = AppToml.parse(readToml("shopify.app.toml"));
const source = (path: string) => readFileSync(path, "utf8");

/** What this app must hear of, from the list of its platform notes. */
const TOPICS =
  "orders/create orders/updated orders/edited orders/cancelled refunds/create carts/create carts/update " +
  "checkouts/create checkouts/update products/create products/update products/delete inventory_levels/update " +
  "app/uninstalled app/scopes_update app_subscriptions/update bulk_operations/finish";

describe("shopify.app.toml", () => {
  it("names the API version that the code calls", () => {
    const constant = /API_VERSION = ApiVersion\.(\w+)/.exec(source("app/shopify.server.ts"))?.[1];
    expect(constant).toBe("October26");
    expect(app.webhooks.api_version).toBe("2026-10");
  });

  it("asks for exactly the scopes that the processes are started with by default", () => {
    expect(source("app/env.server.ts")).toContain(`"${app.access_scopes.scopes}"`);
  });

  it("subscribes to every topic that the app applies, each once", () => {
    const topics = app.webhooks.subscriptions.flatMap((subscription) => subscription.topics ?? []);
    expect(topics.toSorted()).toEqual(TOPICS.split(" ").toSorted());
  });

  it("names the three compliance topics as such, which Shopify accepts in no other way", () => {
    const topics = app.webhooks.subscriptions.flatMap((subscription) => subscription.compliance_topics ?? []);
    expect(topics.toSorted()).toEqual(["customers/data_request", "customers/redact", "shop/redact"]);
  });

  it("asks for no field that carries a person", () => {
    const fields = app.webhooks.subscriptions.flatMap((subscription) => subscription.include_fields ?? []);
    expect(
      fields.filter((field) =>
        /e-?mail|phone|address|(first|last)_name|^(name|customer)$|browser_ip/.test(field),
      ),
    ).toEqual([]);
  });
});

describe("the extensions' TOML", () => {
  const folders = readdirSync("extensions", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith("bundle-"))
    .map((entry) => entry.name);

  it("is there for the Function, the theme block and the pixel", () => {
    expect(folders.toSorted()).toEqual(["bundle-discount", "bundle-offer", "bundle-pixel"]);
  });

  it.each(folders)("of %s has what the CLI needs to deploy it", (folder) => {
    const toml = JSON.stringify(readToml(`extensions/${folder}/shopify.extension.toml`));
    expect(toml).toMatch(/"type":"(function|theme|web_pixel_extension)"/);
    expect(toml).toMatch(/"handle":"[a-z-]+"|"type":"theme"/);
  });

  it("runs the Function on the same API version as the app", () => {
    const toml = readToml("extensions/bundle-discount/shopify.extension.toml");
    expect(toml["api_version"]).toBe(app.webhooks.api_version);
  });
});
