import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** The clock that pacing uses. */
export interface PacingClock {
  /** Milliseconds, never falling. */
  nowMs(): number;
  /** @throws the signal's reason once it is aborted */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export const REAL_CLOCK: PacingClock = {
  nowMs: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};

/** The Admin API of one shop: `admin.graphql` of `authenticate.admin` and `unauthenticated.admin`. */
export type AdminGraphql = (
  operation: string,
  options?: { variables?: Record<string, unknown>; signal?: AbortSignal },
) => Promise<{ json(): Promise<unknown> }>;

/** Restore rate of the smallest plan, points per second; the default when an answer has no rate. */
export const SLOWEST_RESTORE_PER_SECOND = 100;
/**
 * Assumed cost of an operation before its first answer: Shopify's limit per call. Waiting for that many points wastes
 * nothing, because they stay in the bucket for later calls.
 */
const UNKNOWN_COST = 1_000;
/** Safety margin: Shopify reports whole points, and a timer can fire slightly early. */
const SPARE_POINTS = 1;

/** `extensions.cost` of an answer. */
export const Cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number() }),
});
type Cost = z.infer<typeof Cost>;

/** The state of one client's bucket. */
interface Pacing {
  /** From the last answer; null before the first. */
  bucket: (Cost["throttleStatus"] & { readonly readAtMs: number }) | null;
  /** Highest reported cost per operation; the cost can differ between calls. */
  readonly costOf: Map<string, number>;
  /** Points of the calls in flight: the last answer may not include them yet. */
  reserved: number;
}

const pacings = new WeakMap<AdminGraphql, Pacing>();

/**
 * Calls the Admin API once the client's bucket holds the highest cost of the operation so far plus the points of the
 * calls in flight.
 *
 * @returns the unparsed body of the answer
 * @throws whatever the client throws
 */
export async function callPaced(
  graphql: AdminGraphql,
  operation: string,
  variables: Record<string, unknown>,
  { signal, clock = REAL_CLOCK }: { signal?: AbortSignal | undefined; clock?: PacingClock | undefined },
): Promise<{ data?: unknown }> {
  const pacing = pacings.get(graphql) ?? { bucket: null, costOf: new Map<string, number>(), reserved: 0 };
  pacings.set(graphql, pacing);
  const measure = () => measureWaitMs(pacing, operation, clock.nowMs());
  for (let waitMs = measure(); waitMs > 0; waitMs = measure()) await clock.wait(waitMs, signal);
  const points = pacing.costOf.get(operation) ?? UNKNOWN_COST;
  pacing.reserved += points;
  try {
    const answer = await graphql(operation, { variables, ...(signal ? { signal } : {}) });
    const body = (await answer.json()) as { data?: unknown; extensions?: { cost?: unknown } };
    rememberCost(pacing, operation, { reported: body.extensions?.cost, readAtMs: clock.nowMs() });
    return body;
  } finally {
    pacing.reserved -= points;
  }
}

function measureWaitMs({ bucket, costOf, reserved }: Pacing, operation: string, nowMs: number): number {
  if (!bucket) return 0;
  const perSecond = bucket.restoreRate || SLOWEST_RESTORE_PER_SECOND;
  const restored = ((nowMs - bucket.readAtMs) / 1_000) * perSecond;
  const needed = (costOf.get(operation) ?? UNKNOWN_COST) + SPARE_POINTS + reserved;
  return Math.ceil(((needed - bucket.currentlyAvailable - restored) / perSecond) * 1_000);
}

function rememberCost(
  pacing: Pacing,
  operation: string,
  { reported, readAtMs }: { reported: unknown; readAtMs: number },
): void {
  const cost = Cost.safeParse(reported);
  if (!cost.success) return;
  const { requestedQueryCost, throttleStatus } = cost.data;
  pacing.costOf.set(operation, Math.max(requestedQueryCost, pacing.costOf.get(operation) ?? 0));
  pacing.bucket = { ...throttleStatus, readAtMs };
}
