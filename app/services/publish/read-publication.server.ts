import type { Deps } from "#app/services/deps.server.ts";
import { listShownStandIns } from "#app/data/bundles/stand-ins.server.ts";
import { findPublication, listDrift, listStretches } from "#app/data/bundles/publication.server.ts";
import { describeDrift, type DriftKind } from "#app/domain/publish/diff-metafields.ts";
import type { DriftMessage } from "#app/domain/publish/publish-messages.ts";
import { DAY_MS } from "#app/domain/time.ts";

const DRIFT_SHOWN_DAYS = 14;

interface PublicationView {
  readonly isOn: boolean;
  /** Progress of the removal; only while publishing is off. */
  readonly removal: { readonly percent: number; readonly isDone: boolean } | null;
  /** Why the last pass failed, messages as stored; or null. */
  readonly problem: readonly unknown[] | null;
  /** Whether the discount is switched off in Shopify, so that no offer is shown. */
  readonly isDiscountOff: boolean;
  /** The Rollout that withholds the discount from buyers, so that no offer is shown; null without one. */
  readonly withheldBy: string | null;
  readonly drift: readonly { readonly message: DriftMessage; readonly foundAt: Date }[];
  readonly allowsStandIns: boolean;
  readonly standIns: Awaited<ReturnType<typeof listShownStandIns>>;
}

/** Data of the publishing card; for a shop without a row, that of a shop never published to. */
export async function readPublication(
  { db }: Deps,
  { shop, now }: { shop: string; now: Date },
): Promise<PublicationView> {
  const since = new Date(now.getTime() - DRIFT_SHOWN_DAYS * DAY_MS);
  const [publication, drift, standIns, withheldBy] = await Promise.all([
    findPublication(db, shop),
    listDrift(db, shop, since),
    listShownStandIns(db, shop),
    readWithholdingRollout({ db }, shop),
  ]);
  const { offSince, removedRatio, removedAt, problem, allowsStandIns, checkedAt } = publication;
  const isOn = offSince === null;
  // A pass saves its findings with its own instant: those of the last pass still hold.
  const isDiscountOff = drift.some(
    ({ kind, foundAt }) => kind === "discount_off" && foundAt.getTime() === checkedAt?.getTime(),
  );
  return {
    isOn,
    removal: isOn ? null : { percent: Math.round(100 * removedRatio), isDone: removedAt !== null },
    problem: Array.isArray(problem) ? problem : null,
    isDiscountOff: isOn && isDiscountOff,
    withheldBy: isOn ? withheldBy : null,
    drift: newestOfEach(drift).map(({ kind, count, foundAt }) => ({
      message: describeDrift(kind, count),
      foundAt,
    })),
    allowsStandIns,
    standIns: isOn ? standIns : [],
  };
}

/** Keeps the newest row of each kind, because every pass finds the same fault again. */
function newestOfEach<T extends { readonly kind: DriftKind }>(newestFirst: readonly T[]): T[] {
  return newestFirst.filter((row, index) => newestFirst.findIndex(({ kind }) => kind === row.kind) === index);
}

/** Name of the Rollout that withholds the app's discount from buyers, as of the last pass; null without one. */
export async function readWithholdingRollout({ db }: Pick<Deps, "db">, shop: string): Promise<string | null> {
  const open = await listStretches(db, shop);
  return open.find(({ kind }) => kind === "discount_withheld")?.name ?? null;
}
