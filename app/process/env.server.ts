import { isIP } from "node:net";
import { z } from "zod";
import { inputError } from "./errors.ts";
import { openSecretBox } from "./secret-box.server.ts";

/** Backends in order of preference. `cpu` is plain JavaScript and is used only when forced. */
export const BACKENDS = ["tfjs-node-gpu", "webgpu", "tfjs-node", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKENDS)[number];

const Backend = z.enum(BACKENDS).optional();

const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  SHOPIFY_API_KEY: z.string().min(1),
  // No default: an empty secret would accept forged webhooks.
  SHOPIFY_API_SECRET: z.string().min(1),
  /** The previous secret, during a rotation. */
  SHOPIFY_API_SECRET_BEFORE: z.string().min(1).optional(),
  SHOPIFY_APP_URL: z.url({ protocol: /^https?$/ }),
  ENCRYPTION_KEYS: z.string().superRefine((keys, context) => {
    try {
      openSecretBox(keys);
    } catch (error) {
      context.addIssue({
        code: "custom",
        message: (error as Error).message.replace("ENCRYPTION_KEYS: ", ""),
      });
    }
  }),
  SCOPES: z.string().min(1).default(
    "read_orders,write_products,read_inventory,write_discounts,write_pixels,read_customer_events,write_app_proxy,read_themes,read_rollouts",
  ), // prettier-ignore
  /** Bearer token for `/metrics`; without it, only this machine can read them. */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** Password of the operator page; without it, there is no such page. */
  OPERATOR_TOKEN: z.string().min(16).optional(),
  /** Test charges without payment, for development shops. */
  BILLING_TEST_CHARGES: z.stringbool().default(false),
  /** Port of `/metrics` and `/readyz` of a worker; without it, neither is served. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Memory for a worker; by default 80% of the memory of the machine or container. */
  WORKER_MEMORY_MIB: z.coerce.number().int().min(512).optional(),
  /**
   * Comma-separated reverse proxies whose forwarded client address is trusted: an address, a range, or one of loopback,
   * linklocal and uniquelocal. None by default.
   */
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (proxies) => proxies.split(/ *, */).every(isProxy),
      "addresses, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal were expected, separated by commas",
    )
    .default(""),
  /** How long a web process still answers after SIGTERM, until the load balancer notices that it is not ready. */
  SHUTDOWN_WAIT_SECONDS: z.coerce.number().int().min(0).max(120).default(5),
  /** Support address for merchants; without it, the help page refers to Shopify. */
  SUPPORT_EMAIL: z.email().optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  /** Forces a TensorFlow.js backend; by default the best available one. */
  BUNDLESMITH_BACKEND: Backend,
  /** URL of App Bridge; only a stand-in for Shopify sets it. */
  APP_BRIDGE_URL: z.url().optional(),
});
export type Env = z.infer<typeof Env>;

function isProxy(text: string): boolean {
  const [address = "", prefix = "0"] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return /^(loopback|linklocal|uniquelocal)$/.test(text) || (/^\d+$/.test(prefix) && Number(prefix) <= bits);
}

/**
 * Reads the environment of a server process.
 *
 * @throws Error naming every missing or invalid variable, on one line
 */
export function readEnv(): Env {
  // A blank line in a file of variables means that the variable is not set.
  const given = Object.entries(process.env).filter(([, value]) => value?.trim() !== "");
  const parsed = Env.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`The environment is not complete. ${problems.join("; ")}. See app/docs/operations.md.`);
}

/**
 * The forced backend, if any, for commands that need no other variable.
 *
 * @throws AppError input_invalid naming the variable and its allowed values, on one line
 */
export function readForcedBackend(): BackendName | undefined {
  const { BUNDLESMITH_BACKEND } = process.env;
  const parsed = Backend.safeParse(BUNDLESMITH_BACKEND || undefined);
  if (parsed.success) return parsed.data;
  throw inputError(
    `BUNDLESMITH_BACKEND: there is no backend "${BUNDLESMITH_BACKEND}"; expected ${BACKENDS.join(", ")}`,
  );
}

let cached: Env | undefined;

/** The environment, parsed on first use. Nothing else reads `process.env`. */
export function env(): Env {
  cached ??= readEnv();
  return cached;
}

/** The secrets that Shopify can have signed with: the current one and, during a rotation, the previous one. */
export function apiSecrets(): string[] {
  const { SHOPIFY_API_SECRET, SHOPIFY_API_SECRET_BEFORE } = env();
  return [SHOPIFY_API_SECRET, ...(SHOPIFY_API_SECRET_BEFORE ? [SHOPIFY_API_SECRET_BEFORE] : [])];
}
