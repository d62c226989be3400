import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readEnv, readForcedBackend } from "#app/process/env.server.ts";

const NEEDED = {
  DATABASE_URL: "postgresql://127.0.0.1/shop",
  REDIS_URL: "redis://127.0.0.1",
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://app.example",
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString("base64")}`,
};

beforeEach(() => {
  for (const [name, value] of Object.entries(NEEDED)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

describe("variable with an empty value", () => {
  it.each([
    ["SHUTDOWN_WAIT_SECONDS", 5],
    ["PORT", 3000],
    ["SUPPORT_EMAIL", undefined],
    ["BUNDLESMITH_BACKEND", undefined],
  ] as const)("counts as unset: %s", (name, unset) => {
    vi.stubEnv(name, "");
    expect(readEnv()[name]).toBe(unset);
    expect(readForcedBackend()).toBeUndefined();
  });

  it("is named in the error if it is required", () => {
    vi.stubEnv("SHOPIFY_API_SECRET", " ");
    expect(readEnv).toThrow(/^The environment is not complete\. SHOPIFY_API_SECRET: [^;\n]*$/);
  });
});

describe("TRUSTED_PROXIES", () => {
  it.each(["uniquelocal", "loopback, 10.0.0.0/8", "10.0.0.1,2001:db8::/32"])("can be %s", (proxies) => {
    vi.stubEnv("TRUSTED_PROXIES", proxies);
    expect(readEnv().TRUSTED_PROXIES).toBe(proxies);
  });

  it.each(["1", "true", "balancer.internal", "10.0.0.0/33", "10.0.0.1,"])(
    "cannot be %j, and the error names the variable",
    (proxies) => {
      vi.stubEnv("TRUSTED_PROXIES", proxies);
      expect(readEnv).toThrow(/^The environment is not complete\. TRUSTED_PROXIES: addresses, ranges/);
    },
  );
});

describe("SHOPIFY_APP_URL", () => {
  it.each(["ftp://app.example", "app.example:443"])(
    "cannot be %s, which no browser opens as a page",
    (url) => {
      vi.stubEnv("SHOPIFY_APP_URL", url);
      expect(readEnv).toThrow(/^The environment is not complete\. SHOPIFY_APP_URL: /);
    },
  );
});
