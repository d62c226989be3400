import { existsSync, readFileSync } from "node:fs";
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

/** Shopify's keys for each kind of extension; an unknown key is an error. */
const FunctionToml = z.strictObject({
  api_version: z.string(),
  extensions: z.tuple([
    z.strictObject({
      name: z.string(),
      description: z.string(),
      handle: z.string().regex(/^[a-z-]+$/),
      type: z.literal("function"),
      targeting: z.tuple([
        z.strictObject({
          target: z.literal("cart.lines.discounts.generate.run"),
          input_query: z.string(),
          export: z.string(),
        }),
      ]),
      build: z.strictObject({ command: z.string(), path: z.string(), watch: z.array(z.string()) }),
    }),
  ]),
});
const ThemeToml = z.strictObject({ name: z.string(), handle: z.string(), type: z.literal("theme") });
const Field = z.strictObject({
  name: z.string(),
  description: z.string(),
  type: z.literal("single_line_text_field"),
  validations: z.array(z.strictObject({ name: z.string(), value: z.string() })),
});
const LinkToml = z.object({
  extensions: z.tuple([
    z.object({
      type: z.literal("admin_link"),
      targeting: z.tuple([z.object({ target: z.string(), url: z.string() })]),
    }),
  ]),
});
const PixelToml = z.strictObject({
  type: z.literal("web_pixel_extension"),
  name: z.string(),
  handle: z.string(),
  runtime_context: z.literal("strict"),
  customer_privacy: z.record(z.string(), z.union([z.boolean(), z.string()])),
  settings: z.strictObject({ type: z.literal("object"), fields: z.record(z.string(), Field) }),
});

const readToml = (path: string) => parse(readFileSync(path, "utf8"));
const app = AppToml.parse(readToml("shopify.app.toml"));
const source = (path: string) => readFileSync(path, "utf8");

describe("shopify.app.toml", () => {
  it("names the API version that the code calls", () => {
    const constant = /API_VERSION = ApiVersion\.(\w+)/.exec(source("app/web/shopify.server.ts"))?.[1];
    expect(constant).toBe("October26");
    expect(app.webhooks.api_version).toBe("2026-10");
  });

  it("requests exactly the default scopes of the processes", () => {
    expect(source("app/process/env.server.ts")).toContain(`"${app.access_scopes.scopes}"`);
  });

  it("lists the three compliance topics under compliance_topics, as Shopify requires", () => {
    const topics = app.webhooks.subscriptions.flatMap((subscription) => subscription.compliance_topics ?? []);
    expect(topics.toSorted()).toEqual(["customers/data_request", "customers/redact", "shop/redact"]);
  });

  it("requests no field with personal data", () => {
    const fields = app.webhooks.subscriptions.flatMap((subscription) => subscription.include_fields ?? []);
    expect(
      fields.filter((field) =>
        /e-?mail|phone|address|(first|last)_name|^(name|customer)$|browser_ip/.test(field),
      ),
    ).toEqual([]);
  });
});

describe("the extensions' TOML", () => {
  const read = (folder: string) => readToml(`extensions/${folder}/shopify.extension.toml`);

  it("of the Function names an existing query, export and built module", () => {
    const { api_version, extensions } = FunctionToml.parse(read("bundle-discount"));
    const [{ targeting, build }] = extensions;
    expect(api_version).toBe(app.webhooks.api_version);
    expect(existsSync(`extensions/bundle-discount/${targeting[0].input_query}`)).toBe(true);
    const scripts = z
      .object({ scripts: z.object({ build: z.string() }) })
      .parse(JSON.parse(source("extensions/bundle-discount/package.json")));
    expect(build.command).toBe("npm run build");
    expect(scripts.scripts.build).toContain("build.ts");
    expect(source("extensions/bundle-discount/assembly/index.ts")).toContain(
      `export function ${targeting[0].export}(`,
    );
    expect(existsSync(`extensions/bundle-discount/${build.path}`)).toBe(true);
  });

  it("of the theme block is in a folder with blocks, locales and assets", () => {
    ThemeToml.parse(read("bundle-offer"));
    for (const part of ["blocks/bundle-offer.liquid", "locales/en.default.json", "assets/bundle-offer.js"]) {
      expect(existsSync(`extensions/bundle-offer/${part}`), part).toBe(true);
    }
  });

  it("of the product link opens a page of the app", () => {
    const [{ target, url }] = LinkToml.parse(read("offer-link")).extensions[0].targeting;
    expect(target).toBe("admin.product-details.action.link");
    expect(url).toBe("app://app/offers/new");
    expect(existsSync("app/routes/admin/new-offer.tsx")).toBe(true);
    expect(existsSync("extensions/offer-link/locales/en.default.json")).toBe(true);
  });

  it("of the pixel requires analytics consent and declares the settings that the app sends", () => {
    const { settings, customer_privacy } = PixelToml.parse(read("bundle-pixel"));
    expect(Object.keys(settings.fields).toSorted()).toEqual(["endpoint", "shop"]);
    expect(customer_privacy).toEqual({
      analytics: true,
      marketing: false,
      preferences: false,
      sale_of_data: "disabled",
    });
  });
});
