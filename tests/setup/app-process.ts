import { vi } from "vitest";
import { ENCRYPTION_KEYS, type TestDeps } from "./test-deps.ts";

/** Gives this process the environment of one of the app, until the file's end. */
export function stubEnvironment(
  { databaseUrl, redisUrl }: TestDeps,
  changes: Readonly<Record<string, string | undefined>> = {},
): void {
  const environment: Record<string, string | undefined> = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SHOPIFY_API_KEY: "key",
    SHOPIFY_API_SECRET: "secret",
    SHOPIFY_APP_URL: "https://app.example",
    ENCRYPTION_KEYS,
    BUNDLESMITH_BACKEND: "wasm",
    LOG_LEVEL: "warn",
    ...changes,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

/**
 * Lets what is imported from here on be a process of its own of the app: it reads this environment, and opens by itself
 * what a process opens once, though other files have run in the same process before.
 *
 * @param changes to the environment; with STANDIN_URL the stand-in is where the process finds Shopify
 * @returns closes what was opened
 */
export async function openAppProcess(
  deps: TestDeps,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<() => Promise<void>> {
  stubEnvironment(deps, changes);
  vi.resetModules();
  const app = await import("#app/services/deps.server.ts");
  return () => app.deps().close();
}
