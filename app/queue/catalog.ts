import { z } from "zod";

const perShop = z.object({ shop: z.string().regex(/\.myshopify\.com$/) });
const perRun = perShop.extend({ runId: z.uuid() });

export const QUEUES = ["ingest", "read", "train", "propose", "publish", "evaluate"] as const;
export type QueueName = (typeof QUEUES)[number];

interface JobKind {
  readonly queue: QueueName;
  readonly schema: z.ZodType;
  readonly attempts: number;
  readonly backoffMs: number;
  /**
   * What remains of a job that failed for the last time: a dead letter that the merchant sees and may ask for
   * again, a run that has failed and says so, or nothing, because a sweep or a schedule asks anew.
   */
  readonly whenGivenUp: "dead_letter" | "run_fails" | "asked_anew";
}

/** Every job this app runs. The prefix is the step; the schema is checked on both sides of Redis. */
export const jobCatalog = {
  /** One turn of a shop's inbox: what waits there, at most a hundred rows; see app/services/collect/apply-shop-inbox. */
  "collect.apply": {
    queue: "ingest",
    schema: perShop,
    attempts: 3,
    backoffMs: 2_000,
    whenGivenUp: "asked_anew",
  },
  /** Reads products and the orders that the API gives, after installation. */
  "collect.backfill": {
    queue: "read",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Re-reads what changed since the last time, in case a webhook never came, or only the orders since an instant. */
  "collect.reconcile": {
    queue: "read",
    schema: perShop.extend({ ordersSince: z.iso.datetime().optional() }),
    attempts: 5,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Deletes the history that a merchant asked to be erased. */
  "collect.erase": {
    queue: "read",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Forgets what every shop has kept long enough, and seals secrets under the current key. */
  "collect.retain": {
    queue: "ingest",
    schema: z.object({}),
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "asked_anew",
  },
  /** Opens a run that a schedule asked for. */
  "prepare.start": {
    queue: "propose",
    schema: perShop,
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Opens a run and counts what may be learned from. */
  "prepare.baskets": {
    queue: "propose",
    schema: perRun,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  },
  "behaviour.train": {
    queue: "train",
    schema: perRun,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  },
  "trends.fit": { queue: "train", schema: perRun, attempts: 3, backoffMs: 10_000, whenGivenUp: "run_fails" },
  "propose.bundles": {
    queue: "propose",
    schema: perRun,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  },
  "validate.proposals": {
    queue: "propose",
    schema: perRun,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  },
  /** Moves the shop from what it holds to what was approved. */
  "publish.reconcile": {
    queue: "publish",
    schema: perShop,
    attempts: 8,
    backoffMs: 2_000,
    whenGivenUp: "dead_letter",
  },
  /** The autopilot's day: prices, pauses and approvals that the merchant left to it. */
  "evaluate.steer": {
    queue: "evaluate",
    schema: perShop,
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "asked_anew",
  },
} as const satisfies Record<string, JobKind>;

export type JobName = keyof typeof jobCatalog;
export type JobPayload<N extends JobName> = z.infer<(typeof jobCatalog)[N]["schema"]>;
