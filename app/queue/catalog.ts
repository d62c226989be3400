import { z } from "zod";

const perShop = z.object({ shop: z.string().regex(/\.myshopify\.com$/) });
const perRun = perShop.extend({ runId: z.uuid() });

export const QUEUES = ["ingest", "read", "import", "train", "propose", "publish", "evaluate"] as const;
export type QueueName = (typeof QUEUES)[number];

/**
 * Who waits for a job: a merchant who installed the app or pressed a button, live offers, or nobody until the morning.
 * A run that is too large for a normal worker waits in `large` for a worker with enough memory.
 */
export const LANES = ["merchant", "live", "nightly", "large"] as const;
export type Lane = (typeof LANES)[number];

/**
 * Concurrency of each lane in one worker. Lanes have their own slots, so none blocks or starves another. Collecting,
 * publishing and evaluating wait for the database and Shopify, so several of their jobs run together. Reading a whole
 * shop takes minutes and has its own queue, so it does not block webhooks.
 */
export const SLOTS = {
  ingest: { live: 8, nightly: 1 },
  read: { merchant: 3, live: 2, nightly: 2 },
  import: { merchant: 1 },
  train: { merchant: 1, nightly: 1, large: 1 },
  propose: { merchant: 1, nightly: 1, large: 1 },
  publish: { merchant: 3, live: 2, nightly: 2 },
  evaluate: { nightly: 4 },
} as const satisfies Record<QueueName, Partial<Record<Lane, number>>>;

/** The lanes of a queue, most urgent first. */
export function listLanes(queue: QueueName): Lane[] {
  return LANES.filter((lane) => lane in SLOTS[queue]);
}

/** BullMQ's name for a lane. The most urgent lane has the bare queue name and takes jobs whose lane the queue lacks. */
export function toLaneQueue(queue: QueueName, lane: Lane): string {
  return listLanes(queue).indexOf(lane) < 1 ? queue : `${queue}-${lane}`;
}

interface JobKind {
  readonly queue: QueueName;
  /** Default lane. */
  readonly lane: Lane;
  readonly schema: z.ZodType;
  readonly attempts: number;
  readonly backoffMs: number;
  /**
   * After the last failure: a dead letter that the merchant sees and can retry, a failed run, or nothing, because a
   * sweep or a schedule enqueues the job again.
   */
  readonly whenGivenUp: "dead_letter" | "run_fails" | "asked_anew";
}

/** One step of a run. The job's lane is that of the run. */
const stepOf = <Q extends QueueName>(queue: Q) =>
  ({
    queue,
    lane: "merchant",
    schema: perRun,
    // Over two and a half minutes, in which a database changes over to another machine.
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  }) as const;

/** Triggers of Shopify Flow; each is the handle of an extension. */
export const OFFER_TRIGGERS = ["offer-approved", "offer-retired"] as const;
export const RESULT_TRIGGER = "result-known";

/** Value per month, with its interval. */
const WorthMinor = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** Every job of the app. The prefix is the step. The schema is checked on both sides of Redis. */
export const jobCatalog = {
  /** One turn of a shop's inbox, at most a hundred rows; see app/services/collect/apply-shop-inbox. */
  "collect.apply": {
    queue: "ingest",
    lane: "live",
    schema: perShop,
    attempts: 3,
    backoffMs: 2_000,
    whenGivenUp: "asked_anew",
  },
  /** Reads products and the available orders after installation. */
  "collect.backfill": {
    queue: "read",
    lane: "merchant",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Re-reads changes since the last time, in case a webhook was lost, or only the orders since an instant. */
  "collect.reconcile": {
    queue: "read",
    lane: "live",
    schema: perShop.extend({ ordersSince: z.iso.datetime().optional() }),
    attempts: 5,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Reads a merchant's order file. The result is saved in its row and shown on the page. */
  "collect.import": {
    queue: "import",
    lane: "merchant",
    schema: perShop.extend({ importId: z.uuid() }),
    attempts: 1,
    backoffMs: 0,
    whenGivenUp: "asked_anew",
  },
  /** Erases the history at the merchant's request. */
  "collect.erase": {
    queue: "read",
    lane: "merchant",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Deletes data past its retention for all shops, and seals secrets under the current key. */
  "collect.retain": {
    queue: "ingest",
    lane: "nightly",
    schema: z.object({}),
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "asked_anew",
  },
  /** Opens a scheduled run. It is short, so it does not queue behind the runs. */
  "prepare.start": {
    queue: "evaluate",
    lane: "nightly",
    schema: perShop,
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Counts the baskets of a run. */
  "prepare.baskets": stepOf("propose"),
  "behaviour.train": stepOf("train"),
  "trends.fit": stepOf("train"),
  "propose.bundles": stepOf("propose"),
  "validate.proposals": stepOf("propose"),
  /** Recomputes the expected results of the merchant's own undecided offers. */
  "validate.drafts": {
    queue: "propose",
    lane: "merchant",
    schema: perShop,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "asked_anew",
  },
  /** Publishes the approved state to the shop. */
  "publish.reconcile": {
    queue: "publish",
    lane: "merchant",
    schema: perShop,
    attempts: 8,
    backoffMs: 2_000,
    whenGivenUp: "dead_letter",
  },
  /** Starts the merchant's Shopify Flow workflows for an event. */
  "publish.flow": {
    queue: "publish",
    lane: "live",
    schema: z.discriminatedUnion("trigger", [
      perShop.extend({ trigger: z.enum(OFFER_TRIGGERS), bundleId: z.uuid() }),
      perShop.extend({ trigger: z.literal(RESULT_TRIGGER), worthMinor: WorthMinor }),
    ]),
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** The daily autopilot: prices, pauses and approvals that the merchant delegated. */
  "evaluate.steer": {
    queue: "evaluate",
    lane: "nightly",
    schema: perShop,
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "asked_anew",
  },
} as const satisfies Record<string, JobKind>;

export type JobName = keyof typeof jobCatalog;
export type JobPayload<N extends JobName> = z.infer<(typeof jobCatalog)[N]["schema"]>;

/** Whether this version of the app has the job. */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobCatalog, name);
}
