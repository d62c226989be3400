import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { toForecastToday, type ForecastToday } from "#app/domain/evaluate/autopilot/forecast-today.ts";
import { saveDecision, type NewDecision, toTermsColumn } from "./bundle-edits.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { Prisma, type Autopilot } from "#app/data/generated/client.ts";
import { inNumbers } from "#app/data/columns.ts";

/** `decidedBy` of the autopilot in the log. */
export const AUTOPILOT = "autopilot";

/** The autopilot's switches and progress. */
export type AutopilotState = Omit<Autopilot, "shop">;

const OFF: AutopilotState = { onSince: null, anewSince: null, collectionGids: [], steeredOn: null };

export async function findAutopilot(db: Db, shop: string): Promise<AutopilotState> {
  return (await db.autopilot.findUnique({ where: { shop } })) ?? OFF;
}

/** Sets the given fields of the autopilot's state; absent ones stay. */
export async function saveAutopilot(
  db: Db,
  shop: string,
  state: {
    readonly onSince?: Date | null;
    readonly anewSince?: Date;
    readonly collectionGids?: string[];
  },
): Promise<void> {
  await db.autopilot.upsert({ where: { shop }, create: { shop, ...state }, update: state });
}

/** Claims a day for this pass. Returns false if another pass has it, or the autopilot is off by now. */
export async function claimSteeringDay(db: Db, shop: string, day: string): Promise<boolean> {
  const { count } = await db.autopilot.updateMany({
    where: { shop, onSince: { not: null }, OR: [{ steeredOn: null }, { steeredOn: { lt: day } }] },
    data: { steeredOn: day },
  });
  return count > 0;
}

/** A variant's price, cost, stock and collections, with today's forecast. */
export interface VariantFacts {
  readonly priceMinor: number;
  readonly costMinor: number | null;
  readonly stockUnits: number | null;
  readonly collectionGids: readonly string[];
  readonly title: string;
  /** Null without a forecast. */
  readonly ordersADay: number | null;
  readonly unitsPerOrder: number;
  readonly seasonIndex: number | null;
}

export async function readVariantFacts(
  db: Db,
  { shop, variantGids, now }: { shop: string; variantGids: readonly string[]; now: Date },
): Promise<Map<string, VariantFacts>> {
  const wanted = { shop, variantGid: { in: [...new Set(variantGids)] } };
  const [variants, forecasts] = await Promise.all([
    db.variant.findMany({
      where: { ...wanted, product: { deletedAt: null } },
      include: { product: { select: { title: true, collectionGids: true } } },
    }),
    readForecastsToday(db, wanted, now),
  ]);
  return new Map(
    variants.map(inNumbers).map(({ variantGid, priceMinor, costMinor, inventoryQuantity, product }) => {
      const facts = {
        priceMinor,
        costMinor,
        stockUnits: inventoryQuantity,
        collectionGids: product.collectionGids,
        title: product.title,
        ...(forecasts.get(variantGid) ?? { ordersADay: null, unitsPerOrder: 1, seasonIndex: null }),
      };
      return [variantGid, facts];
    }),
  );
}

const SeasonAhead = z.array(z.number().nullable()).nullable();

async function readForecastsToday(
  db: Db,
  { shop, variantGid }: { readonly shop: string; readonly variantGid: { in: string[] } },
  now: Date,
): Promise<Map<string, ForecastToday & { readonly unitsPerOrder: number }>> {
  const rows = await db.forecast.findMany({ where: { shop, variantGid } });
  const runs = await db.run.findMany({
    where: { shop, id: { in: [...new Set(rows.map(({ runId }) => runId))] } },
    select: { id: true, cutoffAt: true },
  });
  const cutoffOf = new Map(runs.map(({ id, cutoffAt }) => [id, cutoffAt]));
  return new Map(
    rows.flatMap(({ variantGid, runId, ordersExpected, horizonDays, unitsPerOrder, ...season }) => {
      const cutoffAt = cutoffOf.get(runId);
      if (!cutoffAt) return [];
      const seasons = [season.seasonIndex, ...(SeasonAhead.parse(season.seasonAhead) ?? [])];
      const stated = { ordersADay: ordersExpected / horizonDays, seasons };
      const ageDays = (now.getTime() - cutoffAt.getTime()) / DAY_MS;
      return [[variantGid, { ...toForecastToday(stated, ageDays), unitsPerOrder }] as const];
    }),
  );
}

/** Saves the autopilot's change of one bundle and its log entry. */
export async function saveSteering(
  tx: Db,
  {
    data: { pausedReason, terms, ...rest },
    ...entry
  }: Omit<NewDecision, "decidedBy"> & {
    readonly data: {
      status?: BundleStatus;
      pausedReason?: PausedReason | null;
      discountRatio?: number;
      terms?: OfferTerms;
    };
  },
): Promise<void> {
  const reason = pausedReason === undefined ? {} : { pausedReason: pausedReason ?? Prisma.DbNull };
  const sold = terms === undefined ? {} : { terms: toTermsColumn(terms) };
  await tx.bundle.update({
    where: { id: entry.bundleId, shop: entry.shop },
    data: { ...rest, ...reason, ...sold },
  });
  await saveDecision(tx, { ...entry, decidedBy: AUTOPILOT });
}
