import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import { BUNDLE_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import {
  HOLD_KINDS,
  STEERABLE_STATUSES,
  type HoldKind,
} from "#app/domain/evaluate/autopilot/plan-steering.ts";
import type { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { OfferDecision } from "#app/domain/evaluate/autopilot/offer-times.ts";
import { Estimate } from "#app/domain/numbers/statistics.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { toForecastToday, type ForecastToday } from "#app/domain/evaluate/autopilot/forecast-today.ts";
import { saveDecision, type NewDecision, toLoggedAction, toTermsColumn } from "./bundle-edits.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { toBundleRow, type BundleRow } from "./bundles.server.ts";
import { Prisma } from "#app/data/generated/client.ts";
import { inNumbers } from "#app/data/columns.ts";

/** Who decided, in the log. */
export const AUTOPILOT = "autopilot";

/** What the merchant lets the autopilot do. */
export interface AutopilotState {
  readonly onSince: Date | null;
  /** Prices that the merchant set before it are free again; null when none are. */
  readonly anewSince: Date | null;
  /** Only bundles of products in these collections; empty is all. */
  readonly collectionGids: readonly string[];
  /** Day of the shop's calendar that was steered last. */
  readonly steeredOn: string | null;
}

const OFF: AutopilotState = { onSince: null, anewSince: null, collectionGids: [], steeredOn: null };

export async function findAutopilot(db: Pick<Db, "autopilot">, shop: string): Promise<AutopilotState> {
  return (await db.autopilot.findUnique({ where: { shop } })) ?? OFF;
}

/** Throws the switch; what is absent stays. */
export async function saveAutopilot(
  db: Pick<Db, "autopilot">,
  shop: string,
  state: {
    readonly onSince?: Date | null;
    readonly onBy?: string | null;
    readonly anewSince?: Date;
    readonly collectionGids?: string[];
  },
): Promise<void> {
  await db.autopilot.upsert({ where: { shop }, create: { shop, ...state }, update: state });
}

/** Takes a day for this pass. Returns false when another pass had it, or the autopilot is off by now. */
export async function claimSteeringDay(
  db: Pick<Db, "autopilot">,
  shop: string,
  day: string,
): Promise<boolean> {
  const { count } = await db.autopilot.updateMany({
    where: { shop, onSince: { not: null }, OR: [{ steeredOn: null }, { steeredOn: { lt: day } }] },
    data: { steeredOn: day },
  });
  return count > 0;
}

export interface SteerableRow extends BundleRow {
  readonly log: readonly (OfferDecision & {
    readonly decidedBy: string;
    readonly heldFor: HoldKind | null;
    /** Terms before an edit of what is no share of a set's price; null for other decisions. */
    readonly termsBefore: OfferTerms | null;
    /** What was promised to come in 28 days without an offer, where it was noted. */
    readonly ordersAnyway: number | null;
  })[];
}

const Detail = z.object({
  to: z.enum(BUNDLE_STATUSES).optional(),
  before: z.object({ discountRatio: z.number(), terms: OfferTerms.optional() }).optional(),
  changes: z.object({ discountRatio: z.number().optional(), terms: OfferTerms.optional() }).optional(),
  heldFor: z.enum(HOLD_KINDS).optional(),
  discountRatio: z.number().optional(),
  expected: z.object({ ordersAnyway: Estimate }).optional().catch(undefined),
});

/**
 * Offers of every kind that may be steered or approved: no draft of the merchant's own. With their decisions in time, the
 * most expected margin first.
 */
export async function listSteerable(
  db: Pick<Db, "bundle">,
  shop: string,
  statuses: readonly BundleStatus[] = STEERABLE_STATUSES,
): Promise<SteerableRow[]> {
  const rows = await db.bundle.findMany({
    where: {
      shop,
      status: { in: [...statuses] },
      NOT: { kind: MERCHANT_KIND, status: "proposed" satisfies BundleStatus },
    },
    include: {
      components: { where: { shop }, orderBy: { position: "asc" } },
      decisions: { where: { shop }, orderBy: { decidedAt: "asc" } },
    },
    orderBy: [{ expectedExtraMarginMinor: "desc" }, { id: "asc" }],
  });
  return rows.map(({ decisions, ...bundle }) => ({
    ...toBundleRow(bundle),
    log: decisions.map(({ decidedAt, action, decidedBy, detail }) => {
      const { to, before, changes, heldFor, discountRatio, expected } = Detail.safeParse(detail).data ?? {};
      const after = changes?.discountRatio;
      const isPrice = before && after !== undefined && after !== before.discountRatio;
      const isTerms = changes?.terms && JSON.stringify(changes.terms) !== JSON.stringify(before?.terms);
      return {
        atMs: decidedAt.getTime(),
        action: toLoggedAction(action),
        decidedBy,
        to: to ?? null,
        heldFor: heldFor ?? null,
        discountRatio: isPrice ? { before: before.discountRatio, after } : null,
        unchangedRatio: discountRatio ?? null,
        termsBefore: isTerms ? (before?.terms ?? null) : null,
        ordersAnyway: expected?.ordersAnyway.value ?? null,
      };
    }),
  }));
}

/** Price, cost, stock and collections of variants, and what is expected of each today. */
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
  db: Pick<Db, "variant" | "forecast" | "run">,
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
  db: Pick<Db, "forecast" | "run">,
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

/** What the autopilot changes of one bundle, with its entry of the log. */
export async function saveSteering(
  tx: Prisma.TransactionClient,
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
