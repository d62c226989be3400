import { vi } from "vitest";
import { ENCRYPTION_KEYS, type TestDeps } from "./test-deps.ts";

/** Sets the environment variables of an app process until the end of the test file. */
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
 * Makes later imports act like a new app process: they read this environment and open their own connections, although
 * other test files ran in the same process before.
 *
 * @param changes changes to the environment; STANDIN_URL replaces Shopify by the stand-in
 * @returns a function that closes the connections
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

/** A route's answer, returned or thrown, as Remix sends both. */
export function takeAnswer<T>(asked: Promise<T>): Promise<T | Response> {
  return asked.catch((thrown: unknown) => {
    if (thrown instanceof Response) return thrown;
    throw thrown;
  });
}
