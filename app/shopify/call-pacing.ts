import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** What waiting for the bucket goes by. */
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

/** The Admin API of one shop, as `authenticate.admin` and `unauthenticated.admin` hand it out (`admin.graphql`). */
export type AdminGraphql = (
  operation: string,
  options?: { variables?: Record<string, unknown>; signal?: AbortSignal },
) => Promise<{ json(): Promise<unknown> }>;

/** Restore rate of the smallest plan, points a second; used when the answer does not say. */
export const SLOWEST_RESTORE_PER_SECOND = 100;
/**
 * Points that an operation is taken to cost before its first answer told: the most that Shopify lets one call ask for.
 * Waiting for them loses nothing, since they stay in the bucket for the calls that follow.
 */
const UNKNOWN_COST = 1_000;
/** Points kept in hand: Shopify tells the bucket in whole points, and a timer may fire a moment early. */
const SPARE_POINTS = 1;

/** `extensions.cost` of an answer. */
export const Cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number() }),
});
type Cost = z.infer<typeof Cost>;

/** What is known of one client's bucket. */
interface Pacing {
  /** As the last answer told; null before the first. */
  bucket: (Cost["throttleStatus"] & { readonly readAtMs: number }) | null;
  /** The most that each operation was told to cost: how much it asks for may differ from call to call. */
  readonly costOf: Map<string, number>;
  /** Points of the calls under way: an answer may have been written before they took theirs. */
  reserved: number;
}

const pacings = new WeakMap<AdminGraphql, Pacing>();

/**
 * One call of the Admin API, made when the client's bucket holds the most that the operation has cost, beside what
 * calls under way may take.
 *
 * @returns the answer's body as it came
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
