import { z } from "zod";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import {
  type BundleInBrief,
  listBundles,
  listInBrief,
  readNewestEntries,
} from "#app/data/bundles/read-bundles.server.ts";
import { readRedeemedVersion, sumSold, type SoldSums } from "#app/data/visits/exposures.server.ts";
import { findInCatalogue, readCatalogueNames } from "#app/data/products/catalogue.server.ts";
import { listSavedViews } from "#app/data/shops/staff.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { ACCEPTED_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { isActiveRun } from "#app/domain/run-status.ts";
import { minorDigits } from "#app/domain/money.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import {
  type BundleRow,
  countAmong,
  countBundlesByStatus,
  readVariants,
  type CatalogueVariant,
  WAITS,
} from "#app/data/bundles/bundles.server.ts";
import { orderForDecision, readinessOf } from "#app/domain/propose/choice/order-for-decision.ts";
import { ExpectedEffect, LISTED_KINDS, readEvidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  expectNow,
  findProposedDiscount,
  priceSteps,
  toCurrent,
  worthNow,
} from "#app/domain/publish/expect-now.ts";
import { readable } from "#app/domain/propose/titles/offer-title.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import { termsVersionOf } from "#app/services/validate/decide-bundle.server.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { writeStored, type Writing } from "#app/locales/write-message.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { describeNothingFound } from "#app/pages/describe-run.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { describeGain, describeReason } from "#app/pages/describe-suggestion.server.ts";

/** A slow phone marks this many rows without a pause. */
const PAGE_SIZE = 25;
/** A row has room for this many names. */
const MOST_NAMED = 4;
/** Days of the sales of an approved bundle, the same as of an expectation. */
const SOLD_DAYS = 28;
/** Collections in the filter: the first by name, and the chosen one. */
const MOST_COLLECTIONS = 250;
/** Above this, a sum in minor units is not exact. */
const MOST_PROFIT = 1e12;
const MOST_SEARCHED = 100;

const BUNDLE_SORTS = ["profit", "newest", "discount"] as const;

/** The tabs of the list, with their statuses. */
const SUGGESTION_TABS = {
  decide: ["proposed"],
  approved: ACCEPTED_STATUSES,
  rejected: ["rejected"],
  retired: ["retired"],
} as const satisfies Record<string, readonly BundleStatus[]>;

/**
 * URL parameters of the page. An invalid value falls back to its default, but typed values are clamped to their limits,
 * so that the list always matches its filter.
 */
export const SuggestionQuery = z.object({
  tab: z.enum(Object.keys(SUGGESTION_TABS) as [keyof typeof SUGGESTION_TABS]).catch("decide"),
  kind: z.enum(LISTED_KINDS).nullable().catch(null),
  collection: z.string().max(255).nullable().catch(null),
  confidence: z.literal("tested").nullable().catch(null),
  waits: z.enum(WAITS).nullable().catch(null),
  /** Minimum expected extra profit in 28 days, in units of the shop's currency. */
  minProfit: z
    .union([
      z.null(),
      z.literal("").transform(() => null),
      z.coerce.number().transform((least) => Math.min(Math.max(least, 0), MOST_PROFIT)),
    ])
    .catch(null),
  sort: z.enum(BUNDLE_SORTS).catch("profit"),
  search: z
    .string()
    // Whole characters: half of an emoji is no text to the database.
    .transform((text) => [...text.trim()].slice(0, MOST_SEARCHED).join(""))
    .catch(""),
  page: z.coerce.number().int().min(1).max(1_000).catch(1),
});
export type SuggestionQuery = z.infer<typeof SuggestionQuery>;

/**
 * One view of the shop's bundles, 25 per page, with the text of each row. A page past the end becomes the last page,
 * for example after all rows of a page are decided.
 */
export async function readSuggestionsPage(
  deps: Deps,
  { shop, query, words, now }: Asked & { query: SuggestionQuery },
) {
  const { row, format, settings } = await openShop(deps, { shop, words });
  const { kind, search, confidence, waits, minProfit, collection: collectionGid } = query;
  const shopNow = { currency: row.currency, settings };
  const statuses = SUGGESTION_TABS[query.tab];
  const [left, counts, runs, collections, views, fitting] = await Promise.all([
    countLiveBundlesLeft(deps.db, { shop, now }),
    countBundlesByStatus(deps.db, { shop }),
    listRuns(deps.db, { shop, limit: 1 }),
    listCollections(deps, shop, collectionGid),
    listSavedViews(deps.db, shop),
    listInBrief(deps.db, { shop, statuses, kind, search, confidence, waits, collectionGid }),
  ]);
  const leastMinor = Math.round((minProfit ?? 0) * 10 ** minorDigits(row.currency));
  const found = (await withShownWorth(deps, fitting, { shop, ...shopNow })).filter(
    ({ worth }) => minProfit === null || worth >= leastMinor,
  );
  const page = Math.min(query.page, Math.max(1, Math.ceil(found.length / PAGE_SIZE)));
  const shown = inOrder(found, query, now).slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const placeOf = new Map(shown.map((brief) => [brief.id, brief]));
  // Read before the terms, so that a change in between is a conflict.
  const newest = await readNewestEntries(deps.db, { shop, bundleIds: [...placeOf.keys()] });
  const bundles = await listBundles(deps.db, { shop, ids: [...placeOf.keys()] });
  const named = bundles.flatMap(({ components }) => components);
  const variants = await readVariants(deps.db, shop, named);
  const from = new Date(now.getTime() - SOLD_DAYS * DAY_MS);
  const bundleIds = bundles.map(({ id }) => id);
  const window = { shop, from, to: now };
  const sold =
    query.tab === "approved"
      ? await deps.slowAnswers(
          `sold ${shop} ${bundleIds.join()}`,
          () => sumSold(deps.pool, { ...window, bundleIds }),
          await readRedeemedVersion(deps.pool, window),
        )
      : new Map<string, SoldSums>();
  const latestRun = runs[0];
  return {
    query: { ...query, page },
    /** Why none of the suggestions can be approved; null if there are none or the plan has room. */
    planIsFull:
      query.tab === "decide" && left === 0 && bundles.length > 0
        ? words.t("server:undecided.plan_is_full")
        : null,
    tabs: Object.entries(SUGGESTION_TABS).map(([id, statuses]) => ({
      id,
      count: format.number(countAmong(counts, statuses)),
    })),
    ...collections,
    /** Saved views of the staff, with their URLs. */
    views,
    bundles: bundles.map((bundle) => ({
      ...describePlace(placeOf.get(bundle.id)!, { format, now }),
      ...toRow(bundle, variants, { ...shopNow, format, words }),
      newest: newest.get(bundle.id) ?? "",
      sold: describeSold(bundle, sold.get(bundle.id), { format, now }),
    })),
    hasNext: found.length > page * PAGE_SIZE,
    /** The newest run; null before the first. */
    run: latestRun
      ? {
          id: latestRun.id,
          isActive: isActiveRun(latestRun.status),
          // A cancelled or failed run says nothing about what can be found.
          isOver: latestRun.status === "succeeded",
          nothingFound: describeNothingFound(latestRun, { format, words }),
        }
      : null,
  };
}

/** The chosen collection may not be among the first ones, or no longer exist. */
async function listCollections({ pool }: Pick<Deps, "pool">, shop: string, chosen: string | null) {
  const limit = MOST_COLLECTIONS + 1;
  const found = await findInCatalogue(pool, { shop, kind: "collection", text: "", limit });
  const first = found.slice(0, MOST_COLLECTIONS);
  const hasMoreCollections = found.length > first.length;
  if (chosen === null || first.some(({ id }) => id === chosen))
    return { collections: first, hasMoreCollections };
  const names = await readCatalogueNames(pool, { shop, gids: [chosen] });
  const named = { id: chosen, title: names.get(chosen) ?? toLegacyId(chosen) };
  return { collections: [...first, named], hasMoreCollections };
}

export type SuggestionsPage = Awaited<ReturnType<typeof readSuggestionsPage>>;

/** Replaces the worth of bundles with a changed discount by their current worth, as shown in the row. */
async function withShownWorth(
  { db }: Pick<Deps, "db">,
  found: readonly BundleInBrief[],
  { shop, ...shopNow }: ShopNow & { readonly shop: string },
): Promise<readonly BundleInBrief[]> {
  const ids = found.flatMap(({ id, hasOtherDiscount }) => (hasOtherDiscount ? [id] : []));
  if (ids.length === 0) return found;
  const bundles = await listBundles(db, { shop, ids });
  const named = bundles.flatMap(({ components }) => components);
  const variants = await readVariants(db, shop, named);
  const worthOf = new Map(
    bundles.map((bundle) => [bundle.id, worthNow(bundle, toCurrent(bundle, variants, shopNow))]),
  );
  return found.map((one) => ({ ...one, worth: worthOf.get(one.id) ?? one.worth }));
}

function inOrder(
  found: readonly BundleInBrief[],
  { tab, sort }: Pick<SuggestionQuery, "tab" | "sort">,
  now: Date,
): BundleInBrief[] {
  // Offers of one product are grouped only where one of them has to be chosen.
  const offers = tab === "decide" ? found : found.map((one) => ({ ...one, anchor: one.id }));
  const best = orderForDecision(offers, now);
  if (sort === "newest") return best.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return sort === "discount" ? best.sort((a, b) => b.discountRatio - a.discountRatio) : best;
}

/** Whether a row can be shown today or from which day on, and which rows share a product. */
function describePlace(brief: BundleInBrief, { format, now }: { format: ShopFormat; now: Date }) {
  const readiness = readinessOf(brief, now);
  return {
    anchor: brief.anchor,
    readiness,
    startsOn: readiness === "later" ? format.date(brief.startsAt!) : null,
  };
}

interface ShopNow {
  readonly currency: string;
  readonly settings: ShopSettings;
}

function toRow(
  bundle: BundleRow,
  variants: ReadonlyMap<string, CatalogueVariant>,
  { format, words, ...shopNow }: Writing & ShopNow,
) {
  const current = toCurrent(bundle, variants, shopNow);
  const { components } = current;
  const more = components.length - MOST_NAMED;
  const [price] = priceSteps(components, current);
  return {
    id: bundle.id,
    title: bundle.title,
    /** The names of the products; of a pool, the first few. */
    products: [
      ...components.slice(0, MOST_NAMED).map(({ title }) => readable(title)),
      ...(more > 0 ? [words.t("bundle:preview.more", { count: more })] : []),
    ],
    status: bundle.status,
    termsVersion: termsVersionOf(bundle),
    pausedReason: writeStored(PausedReason, bundle.pausedReason, { format, words }),
    pictures: components.map(({ variant, quantity }) => ({
      imageUrl: variant?.product.imageUrl ?? null,
      quantity,
    })),
    priceBefore: format.money(price?.beforeMinor ?? 0),
    priceAfter: format.money(price?.afterMinor ?? 0),
    isFullPrice: price !== undefined && price.discountMinor === 0,
    gain: describeGain({ ...bundle, expected: expectNow(bundle, current) }, format, words),
    why: describeReason(readEvidence(bundle.evidence), { format, words }),
  };
}

/** The recent sales of an approved bundle, with the expected sales; null for other bundles. */
function describeSold(
  bundle: Pick<BundleRow, "expected" | "evidence" | "discountRatio">,
  sold: SoldSums | undefined,
  { format, now }: { format: ShopFormat; now: Date },
) {
  if (!sold) return null;
  // The expectation at another discount does not apply.
  const isOther = findProposedDiscount(bundle) !== null;
  const data = isOther ? null : ExpectedEffect.safeParse(bundle.expected).data;
  const onSaleDays = sold.approvedAt
    ? Math.floor((now.getTime() - sold.approvedAt.getTime()) / DAY_MS)
    : null;
  const round = (orders: number) => format.number(Math.round(orders));
  return {
    orders: sold.orders,
    revenue: format.money(sold.revenueMinor),
    expected: data
      ? {
          value: round(data.ordersWithOffer.value),
          low: round(data.ordersWithOffer.low),
          high: round(data.ordersWithOffer.high),
        }
      : null,
    /** Days since the approval, if less than the window of the expectation. */
    sinceDays: onSaleDays !== null && onSaleDays < SOLD_DAYS ? onSaleDays : null,
  };
}
