import { vi } from "vitest";
import { ENCRYPTION_KEYS, type TestDeps } from "./test-deps.ts";

/** The training process reads its environment like any other: this is it, until vitest takes it back. */
export function stubWorkerEnvironment({ databaseUrl, redisUrl }: TestDeps): void {
  const environment = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SHOPIFY_API_KEY: "key",
    SHOPIFY_API_SECRET: "secret",
    SHOPIFY_APP_URL: "https://app.example",
    ENCRYPTION_KEYS,
    BUNDLESMITH_BACKEND: "wasm",
    LOG_LEVEL: "warn",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
