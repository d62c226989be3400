import type { Deps } from "#app/deps.server.ts";
import {
  COUNT_LIMIT,
  countBundlesByStatus,
  findLastEventAt,
  findShop,
  listRuns,
  readHistoryCounts,
  readInboxHealth,
} from "#app/data/read-home.server.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { toHeadline } from "./read-results-page.server.ts";
import { readResults } from "./read-results.server.ts";
import { createShopFormat, type ShopFormat } from "./shop-format.server.ts";

/** A message that waits longer than this is worth telling the merchant. */
const SLOW_INBOX_MS = HOUR_MS;
/** Below it the first run has too little to learn from, and the page asks for older orders. */
const ENOUGH_ORDERS = 500;
const EARNED_DAYS = 28;

/**
 * Everything the home page draws, as text in the shop's currency and time zone.
 *
 * @param apiKey the app's client id, which the theme editor's deep link names
 * @returns null until the installation has written the shop's row
 */
export async function readHomePage(
  deps: Deps,
  { shop, apiKey, now }: { shop: string; apiKey: string; now: Date },
) {
  const row = await findShop(deps.db, { shop });
  if (!row) return null;
  const toMs = now.getTime();
  const [history, bundles, runs, inbox, offerSeenAt, visitedAt, results] = await Promise.all([
    readHistoryCounts(deps.pool, { shop }),
    countBundlesByStatus(deps.db, { shop }),
    listRuns(deps.db, { shop, limit: 1 }),
    readInboxHealth(deps.db, { shop }),
    findLastEventAt(deps.db, { shop, kind: "offer_seen" }),
    findLastEventAt(deps.db, { shop, kind: "page_viewed" }),
    readResults(deps, { shop, fromMs: toMs - EARNED_DAYS * DAY_MS, toMs }),
  ]);
  const format = createShopFormat(row);
  const count = (status: string) => bundles.get(status) ?? 0;
  const approved = count("approved") + count("published") + count("paused");
  const latestRun = runs[0];

  return {
    counts: { toDecide: count("proposed"), live: count("published"), approved, paused: count("paused") },
    earned: {
      days: EARNED_DAYS,
      revenue: format.money(results.redeemed.revenueMinor),
      orders:
        results.redeemed.conversions === 1
          ? "1 order"
          : `${format.number(results.redeemed.conversions)} orders`,
      verdict: toHeadline(results, format).verdict,
    },
    history: {
      progressPercent: Math.round(100 * row.backfillProgress),
      progressText: row.backfillMessage,
      isRead: row.backfilledAt !== null,
      isThin: history.orders < ENOUGH_ORDERS,
      hasImport: history.imported > 0,
      orders:
        history.orders > COUNT_LIMIT
          ? `more than ${format.number(COUNT_LIMIT)}`
          : format.number(history.orders),
      products: format.number(history.products),
      firstOrderOn: history.firstOrderAt ? format.date(history.firstOrderAt) : null,
      lastOrderAt: history.lastOrderAt ? format.dateTime(history.lastOrderAt) : null,
    },
    setup: {
      isHistoryRead: row.backfilledAt !== null || history.imported > 0,
      hasSuggestions: bundles.size > 0,
      hasApproved: approved > 0,
      isBlockSeen: offerSeenAt !== null,
      isPixelOn: row.webPixelGid !== null || visitedAt !== null,
      isPixelHeard: visitedAt !== null && now.getTime() - visitedAt.getTime() < 7 * DAY_MS,
    },
    themeEditorUrl: themeEditorUrl(shop, apiKey),
    run: latestRun ? toRunView(latestRun, format, now) : null,
    health: describeHealth({ inbox, now, format, hasOrders: history.orders > 0 }),
  };
}

/** Shopify's theme editor, opened on the product page with our block ready to be saved. */
function themeEditorUrl(shop: string, apiKey: string): string {
  const query = new URLSearchParams({
    template: "product",
    addAppBlockId: `${apiKey}/bundle-offer`,
    target: "mainSection",
  });
  return `https://${shop}/admin/themes/current/editor?${query}`;
}

interface RunRow {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly progress: number;
  readonly message: string;
  readonly backend: string | null;
  readonly problem: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly createdAt: Date;
}

/** One run as the home page and the list of runs show it. */
export function toRunView(run: RunRow, format: ShopFormat, now: Date) {
  const isActive = run.status === "queued" || run.status === "running";
  return {
    id: run.id,
    status: run.status,
    isActive,
    step: run.step,
    progressPercent: Math.round(Math.min(1, Math.max(0, run.progress)) * 100),
    message: run.message,
    backend: run.backend,
    problem: run.problem,
    at: format.dateTime(run.finishedAt ?? run.startedAt ?? run.createdAt),
    remaining: isActive ? estimateRemaining(run, now) : null,
  };
}

/**
 * Time left, from how long the part done took; steps differ in speed, so it is said in whole minutes only.
 *
 * @returns null before a twentieth is done, when the estimate would jump
 */
function estimateRemaining({ startedAt, progress }: RunRow, now: Date): string | null {
  if (!startedAt || progress < 0.05) return null;
  const remainingMs = ((now.getTime() - startedAt.getTime()) * (1 - progress)) / progress;
  const minutes = Math.ceil(remainingMs / 60_000);
  return minutes <= 1 ? "less than a minute left" : `about ${minutes} minutes left`;
}

function describeHealth({
  inbox,
  now,
  format,
  hasOrders,
}: {
  inbox: { waiting: number; oldestAt: Date | null; failing: number };
  now: Date;
  format: ShopFormat;
  hasOrders: boolean;
}): { isWell: boolean; text: string } {
  if (inbox.failing > 0) {
    return {
      isWell: false,
      text: `${format.number(inbox.failing)} messages from Shopify could not be read yet. They are kept and tried again.`,
    };
  }
  if (inbox.oldestAt && now.getTime() - inbox.oldestAt.getTime() > SLOW_INBOX_MS) {
    return {
      isWell: false,
      text: `${format.number(inbox.waiting)} messages from Shopify wait since ${format.dateTime(inbox.oldestAt)}. Nothing is lost; the worker is behind.`,
    };
  }
  return {
    isWell: true,
    text: hasOrders ? "Orders arrive as they are placed." : "Waiting for the first order.",
  };
}
