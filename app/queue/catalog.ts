import { z } from "zod";

const perShop = z.object({ shop: z.string().regex(/\.myshopify\.com$/) });
const perRun = perShop.extend({ runId: z.uuid() });

export const QUEUES = ["ingest", "read", "import", "train", "propose", "publish", "evaluate"] as const;
export type QueueName = (typeof QUEUES)[number];

/**
 * Who waits for a job: a merchant who has just installed the app or pressed a button, offers that are live, or nobody,
 * because the night is long. A run that is too large to be carried out beside others waits for a worker with the memory.
 */
export const LANES = ["merchant", "live", "nightly", "large"] as const;
export type Lane = (typeof LANES)[number];

/**
 * How many jobs of each lane one worker does at once. A lane has slots of its own, so that none waits for all of
 * another's and none starves. Collecting, publishing and evaluating wait for the database and for Shopify, so several go
 * on together; readings of whole shops take minutes, and hold up no webhook.
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

/** The lanes of a queue, the most urgent first. */
export function listLanes(queue: QueueName): Lane[] {
  return LANES.filter((lane) => lane in SLOTS[queue]);
}

/** What BullMQ calls the queue of a lane: the most urgent one has the bare name, and takes what has no lane there. */
export function toLaneQueue(queue: QueueName, lane: Lane): string {
  return listLanes(queue).indexOf(lane) < 1 ? queue : `${queue}-${lane}`;
}

interface JobKind {
  readonly queue: QueueName;
  /** Whom it waits with unless who asks for it says otherwise. */
  readonly lane: Lane;
  readonly schema: z.ZodType;
  readonly attempts: number;
  readonly backoffMs: number;
  /**
   * What remains of a job that failed for the last time: a dead letter that the merchant sees and may ask for
   * again, a run that has failed and says so, or nothing, because a sweep or a schedule asks anew.
   */
  readonly whenGivenUp: "dead_letter" | "run_fails" | "asked_anew";
}

/** One step of a run; it waits with whoever the run waits with. */
const stepOf = <Q extends QueueName>(queue: Q) =>
  ({
    queue,
    lane: "merchant",
    schema: perRun,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "run_fails",
  }) as const;

/** What starts a merchant's workflows in Shopify Flow; each is the handle of an extension. */
export const OFFER_TRIGGERS = ["offer-approved", "offer-retired"] as const;
export const RESULT_TRIGGER = "result-known";

/** Worth a month, with the ends of its interval. */
const WorthMinor = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** Every job this app runs. The prefix is the step; the schema is checked on both sides of Redis. */
export const jobCatalog = {
  /** One turn of a shop's inbox: what waits there, at most a hundred rows; see app/services/collect/apply-shop-inbox. */
  "collect.apply": {
    queue: "ingest",
    lane: "live",
    schema: perShop,
    attempts: 3,
    backoffMs: 2_000,
    whenGivenUp: "asked_anew",
  },
  /** Reads products and the orders that the API gives, after installation. */
  "collect.backfill": {
    queue: "read",
    lane: "merchant",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Re-reads what changed since the last time, in case a webhook never came, or only the orders since an instant. */
  "collect.reconcile": {
    queue: "read",
    lane: "live",
    schema: perShop.extend({ ordersSince: z.iso.datetime().optional() }),
    attempts: 5,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Reads a file of orders that a merchant sent. What becomes of it stands in its row, and is told on the page. */
  "collect.import": {
    queue: "import",
    lane: "merchant",
    schema: perShop.extend({ importId: z.uuid() }),
    attempts: 1,
    backoffMs: 0,
    whenGivenUp: "asked_anew",
  },
  /** Deletes the history that a merchant asked to be erased. */
  "collect.erase": {
    queue: "read",
    lane: "merchant",
    schema: perShop,
    attempts: 5,
    backoffMs: 10_000,
    whenGivenUp: "dead_letter",
  },
  /** Forgets what every shop has kept long enough, and seals secrets under the current key. */
  "collect.retain": {
    queue: "ingest",
    lane: "nightly",
    schema: z.object({}),
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "asked_anew",
  },
  /** Opens a run that a schedule asked for; a moment's work, which does not wait behind the runs themselves. */
  "prepare.start": {
    queue: "evaluate",
    lane: "nightly",
    schema: perShop,
    attempts: 3,
    backoffMs: 60_000,
    whenGivenUp: "dead_letter",
  },
  /** Opens a run and counts what may be learned from. */
  "prepare.baskets": stepOf("propose"),
  "behaviour.train": stepOf("train"),
  "trends.fit": stepOf("train"),
  "propose.bundles": stepOf("propose"),
  "validate.proposals": stepOf("propose"),
  /** Reckons anew what the offers that the merchant made, and has not decided, should bring. */
  "validate.drafts": {
    queue: "propose",
    lane: "merchant",
    schema: perShop,
    attempts: 3,
    backoffMs: 10_000,
    whenGivenUp: "asked_anew",
  },
  /** Moves the shop from what it holds to what was approved. */
  "publish.reconcile": {
    queue: "publish",
    lane: "merchant",
    schema: perShop,
    attempts: 8,
    backoffMs: 2_000,
    whenGivenUp: "dead_letter",
  },
  /** Starts the merchant's workflows in Shopify Flow that wait for what has happened. */
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
  /** The autopilot's day: prices, pauses and approvals that the merchant left to it. */
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

/** Whether this version of the app knows the job. */
export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobCatalog, name);
}
