import { isIP } from "node:net";
import { z } from "zod";
import { inputError } from "./errors.ts";
import { openSecretBox } from "./secret-box.server.ts";

/** What may carry out tensor work, in order of preference; `cpu` is plain JavaScript and only taken when forced. */
export const BACKENDS = ["tfjs-node-gpu", "webgpu", "tfjs-node", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKENDS)[number];

const Backend = z.enum(BACKENDS).optional();

const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  SHOPIFY_API_KEY: z.string().min(1),
  // Never defaulted: an empty secret would accept forged webhooks.
  SHOPIFY_API_SECRET: z.string().min(1),
  /** While the secret is being changed, the one before. */
  SHOPIFY_API_SECRET_BEFORE: z.string().min(1).optional(),
  SHOPIFY_APP_URL: z.url(),
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
  /** What `/metrics` asks for; without it only this machine itself may read them. */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** Password of the operator's page; without one there is no such page. */
  OPERATOR_TOKEN: z.string().min(16).optional(),
  /** Charges that Shopify carries out for show only, as development shops need them. */
  BILLING_TEST_CHARGES: z.stringbool().default(false),
  /** Where a worker answers `/metrics` and `/readyz`; unset, it does not. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** Memory that a worker may fill; unset, four fifths of the machine's or the container's. */
  WORKER_MEMORY_MIB: z.coerce.number().int().min(512).optional(),
  /**
   * Proxies in front of the web process, by address, range, or one of loopback, linklocal and uniquelocal, divided by
   * commas: what they say of a sender's address is believed. Unless set, nobody's word is.
   */
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (proxies) => proxies.split(/ *, */).every(isProxy),
      "addresses, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal were expected, parted by commas",
    )
    .default(""),
  /** How long a web process that was asked to end still answers, for the balancer to notice that it is not ready. */
  SHUTDOWN_WAIT_SECONDS: z.coerce.number().int().min(0).max(120).default(5),
  /** Where merchants write for help; unset, the help page sends them through Shopify. */
  SUPPORT_EMAIL: z.email().optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  /** Forces a TensorFlow.js backend; unset, the best one found is taken. */
  BUNDLESMITH_BACKEND: Backend,
  /** App Bridge's address; only a stand-in for Shopify sets it. */
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
 * @throws Error naming every variable that is missing or wrong, on one line
 */
export function readEnv(): Env {
  // Whoever leaves a line of a file of variables blank means that it is not set.
  const given = Object.entries(process.env).filter(([, value]) => value?.trim() !== "");
  const parsed = Env.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`The environment is not complete. ${problems.join("; ")}. See app/docs/operations.md.`);
}

/**
 * The backend that the environment forces, if it does, for commands that need nothing else of it.
 *
 * @throws AppError input_invalid naming the variable and what it may be, on one line
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

/** The environment, parsed at first use. Nothing else reads `process.env`. */
export function env(): Env {
  cached ??= readEnv();
  return cached;
}

/** The secrets that Shopify may have signed with: the app's own and, while it is being changed, the one before. */
export function apiSecrets(): string[] {
  const { SHOPIFY_API_SECRET, SHOPIFY_API_SECRET_BEFORE } = env();
  return [SHOPIFY_API_SECRET, ...(SHOPIFY_API_SECRET_BEFORE ? [SHOPIFY_API_SECRET_BEFORE] : [])];
}
