import { z } from "zod";
import { AppError } from "#app/process/errors.ts";
import type { Log } from "#app/process/log.server.ts";
import {
  callPaced,
  Cost,
  REAL_CLOCK,
  SLOWEST_RESTORE_PER_SECOND,
  type AdminGraphql,
  type PacingClock,
} from "./call-pacing.ts";

export type { AdminGraphql } from "./call-pacing.ts";

export interface UserError {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code: string | null;
}

/** Refusals that are temporary: too many bulk operations run, or an internal error of Shopify. */
const MOMENTARY_CODES = new Set([
  "OPERATION_IN_PROGRESS",
  "LIMIT_REACHED",
  "INTERNAL_FILE_SERVER_ERROR",
  "INTERNAL_ERROR",
]);

/** Shopify refused the call. `userErrors` says what to change; a retry usually fails again. */
export class ShopifyUserError extends AppError {
  readonly userErrors: readonly UserError[];

  constructor(mutation: string, userErrors: readonly UserError[]) {
    const reported = userErrors.map(
      ({ field, message }) => `${field ? `${field.join(".")}: ` : ""}${message}`,
    );
    super("shopify_user_error", `${mutation}: ${reported.join("; ")}`, isMomentary(userErrors));
    this.userErrors = userErrors;
  }
}

function isMomentary(userErrors: readonly UserError[]): boolean {
  return userErrors.every(({ code }) => code !== null && MOMENTARY_CODES.has(code));
}

/** Shopify answered with an HTTP error status: an expired token (401), a frozen shop (402), … */
export class ShopifyStatusError extends AppError {
  readonly status: number;

  constructor(status: number, message: string, cause: unknown) {
    // A worker requests a fresh token per call, so an expired token is worth a retry.
    const isUnauthorized = status === 401;
    super(isUnauthorized ? "shopify_unreachable" : "shopify_user_error", message, isUnauthorized, { cause });
    this.status = status;
  }
}

/** The Admin API of a shop, for one job or request. */
export interface AdminCalls {
  readonly graphql: AdminGraphql;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: PacingClock;
}

/** The same with the shop's domain, as services pass it on. */
export interface ShopRequest extends Pick<AdminCalls, "graphql" | "signal"> {
  readonly shop: string;
}

/** Time limit of one call. Node alone would wait five minutes, with a merchant's page or a worker's place. */
export const TIMEOUT_MS = 30_000;

const MAX_THROTTLED_TRIES = 12;
const MAX_UNREACHABLE_TRIES = 4;
const FIRST_BACKOFF_MS = 500;
/** A longer wait would hold the worker's place; the job's own retries go on after the last try. */
const MAX_THROTTLED_WAIT_MS = 60_000;
const UserErrors = z.array(
  z.object({
    field: z
      .array(z.coerce.string())
      .nullish()
      .transform((field) => field ?? null),
    message: z.string(),
    code: z
      .string()
      .nullish()
      .transform((code) => code ?? null),
  }),
);

const Failure = z.object({
  body: z
    .object({
      errors: z
        .object({
          graphQLErrors: z
            .array(
              z.object({
                message: z.string(),
                extensions: z.object({ code: z.string().optional() }).nullish(),
              }),
            )
            .optional(),
        })
        .nullish(),
      extensions: z.object({ cost: z.unknown().optional() }).nullish(),
    })
    .nullish()
    .catch(null),
  /** `code` of the API library's errors, `status` of a Response that Remix's client throws. */
  response: z
    .object({ code: z.number().optional(), status: z.number().optional(), retryAfter: z.number().optional() })
    .nullish()
    .catch(null),
});

/**
 * Runs one Admin API operation and returns its `data`. Paces calls by `extensions.cost.throttleStatus` (see
 * `callPaced`), and tries again when Shopify throttles anyway. Retries queries after a broken connection or a 5xx, but
 * not after `TIMEOUT_MS`; never mutations, because the first may have been applied: the caller reconciles.
 *
 * @param schema checks and types the answer's `data`
 * @throws ShopifyUserError when a field of the answer has `userErrors`
 * @throws AppError shopify_throttled | shopify_unreachable (retryable), shopify_user_error (a refused operation)
 */
export async function requestGraphql<T = Record<string, unknown>>(
  { graphql, log, signal, clock = REAL_CLOCK }: AdminCalls,
  operation: string,
  variables: Record<string, unknown>,
  schema?: z.ZodType<T>,
): Promise<T> {
  const name = /(?:query|mutation)\s+(\w+)/.exec(operation)?.[1] ?? "operation";
  const isMutation = /^\s*(?:#[^\n]*\n\s*)*mutation\b/.test(operation);
  let throttledTries = 0;
  let unreachableTries = 0;
  for (;;) {
    signal?.throwIfAborted();
    const triedAtMs = clock.nowMs();
    try {
      const { data } = await callPaced(graphql, operation, variables, { signal, clock });
      refuseUserErrors(name, data);
      return schema ? parseData(name, schema, data) : (data as T);
    } catch (error) {
      // A page's token that is revoked arrives as a redirect, which gets the page a new one.
      if (error instanceof AppError || (error instanceof Response && error.status < 400)) throw error;
      signal?.throwIfAborted();
      const { waitMs, kind, reported, status } = readFailure(error);
      if (kind === "refused") {
        const message = `${name}: ${reported}`;
        if (status !== undefined) throw new ShopifyStatusError(status, message, error);
        throw new AppError("shopify_user_error", message, false, { cause: error });
      }
      if (kind === "throttled") {
        throttledTries += 1;
        if (throttledTries >= MAX_THROTTLED_TRIES) {
          throw new AppError("shopify_throttled", `${name}: throttled ${throttledTries} times`, true, {
            cause: error,
          });
        }
        log.debug("shopify.throttled", { operation: name, waitMs });
        await clock.wait(waitMs, signal);
      } else {
        unreachableTries += 1;
        const isSlow = clock.nowMs() - triedAtMs >= TIMEOUT_MS;
        if (isMutation || isSlow || unreachableTries >= MAX_UNREACHABLE_TRIES) {
          throw new AppError("shopify_unreachable", `${name}: ${reported}`, true, { cause: error });
        }
        log.debug("shopify.unreachable", { operation: name, reported });
        await clock.wait(FIRST_BACKOFF_MS * 2 ** (unreachableTries - 1), signal);
      }
    }
  }
}

/** Waits for a call and ignores a refusal that means the shop already is in the wanted state; throws any other. */
export async function unlessDone(
  call: Promise<unknown>,
  saysDone: (error: UserError) => boolean,
): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof ShopifyUserError && error.userErrors.every(saysDone))) throw error;
  });
}

function parseData<T>(name: string, schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new AppError("shopify_user_error", `${name}: answer at ${path.join(".")}: ${message}`, false);
}

/** Every mutation answers under its own field, with `userErrors` or a similarly named list next to the result. */
function refuseUserErrors(name: string, data: unknown): void {
  for (const field of Object.values((data ?? {}) as Record<string, unknown>)) {
    if (typeof field !== "object" || field === null) continue;
    for (const [key, value] of Object.entries(field)) {
      if (!/userErrors$/i.test(key) || !Array.isArray(value) || value.length === 0) continue;
      throw new ShopifyUserError(name, UserErrors.parse(value));
    }
  }
}

interface FailureReading {
  readonly kind: "throttled" | "unreachable" | "refused";
  readonly waitMs: number;
  readonly reported: string;
  /** HTTP status of a refusal. */
  readonly status?: number | undefined;
}

function readFailure(error: unknown): FailureReading {
  // With `authenticate.admin` Shopify's HTTP errors arrive as a thrown Response.
  if (error instanceof Response) return readStatus(error.status, `HTTP ${error.status}`, undefined);
  const reported = error instanceof Error ? error.message.split("\n")[0]! : String(error);
  const failure = Failure.safeParse(error);
  if (!failure.success) return { kind: "unreachable", waitMs: FIRST_BACKOFF_MS, reported };
  const { body, response } = failure.data;
  const graphqlErrors = body?.errors?.graphQLErrors;
  if (graphqlErrors && graphqlErrors.length > 0) {
    const codes = graphqlErrors.map(({ extensions }) => extensions?.code);
    if (codes.includes("THROTTLED")) return { kind: "throttled", waitMs: throttledWaitMs(body), reported };
    if (codes.includes("INTERNAL_SERVER_ERROR")) {
      return { kind: "unreachable", waitMs: FIRST_BACKOFF_MS, reported };
    }
    return { kind: "refused", waitMs: 0, reported: graphqlErrors.map(({ message }) => message).join("; ") };
  }
  return readStatus(response?.code ?? response?.status, reported, response?.retryAfter);
}

function readStatus(status: number | undefined, reported: string, retryAfterSeconds = 1): FailureReading {
  if (status === 429) {
    return {
      kind: "throttled",
      waitMs: Math.min(retryAfterSeconds * 1_000, MAX_THROTTLED_WAIT_MS),
      reported,
    };
  }
  if (status !== undefined && status >= 400 && status < 500)
    return { kind: "refused", waitMs: 0, reported, status };
  return { kind: "unreachable", waitMs: FIRST_BACKOFF_MS, reported };
}

function throttledWaitMs(body: z.infer<typeof Failure>["body"]): number {
  const cost = Cost.safeParse(body?.extensions?.cost);
  if (!cost.success) return 1_000;
  const { requestedQueryCost, throttleStatus } = cost.data;
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable;
  const perSecond = throttleStatus.restoreRate || SLOWEST_RESTORE_PER_SECOND;
  return Math.max(100, (missing / perSecond) * 1_000);
}
