import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/deps.server.ts";
import {
  COUNT_LIMIT,
  countAmong,
  countBundlesByStatus,
  findShop,
  listRuns,
  readHistoryCounts,
  readInboxHealth,
} from "#app/data/read-home.server.ts";
import { findSubscription } from "#app/data/subscriptions.server.ts";
import { ACCEPTED_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import { isActiveRun, type RunStatus } from "#app/domain/run-status.ts";
import { StoredHistory } from "#app/domain/collect/collect-messages.ts";
import { RunProblem, StoredRunMessage } from "#app/domain/validate/run-messages.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { readNextTry } from "./read-next-try.server.ts";
import { readPublication, type PublicationView } from "./read-publication.server.ts";
import { readResults } from "./read-results.server.ts";
import { readSetupSigns, themeEditorUrls, toSetup } from "./read-setup.server.ts";
import { writeStored } from "./write-message.server.ts";
import { createShopFormat, type ShopFormat } from "./shop-format.server.ts";
import { writeHeadline } from "./write-results.server.ts";

/** A message that waits longer than this is worth telling the merchant. */
const SLOW_INBOX_MS = HOUR_MS;
/** Below it the first run has too little to learn from, and the page asks for older orders. */
const ENOUGH_ORDERS = 500;
const EARNED_DAYS = 28;
const MOST_EARNERS = 5;

/**
 * Everything the home page draws, as text in the shop's currency and time zone.
 *
 * @param apiKey the app's client id, which the theme editor's deep link names
 * @returns null until the installation has written the shop's row
 */
export async function readHomePage(
  deps: Deps,
  { shop, apiKey, now, words }: { shop: string; apiKey: string; now: Date; words: Words },
) {
  const row = await findShop(deps.db, { shop });
  if (!row) return null;
  const toMs = now.getTime();
  const [history, bundles, runs, inbox, results, publishing, subscription, signs] = await Promise.all([
    readHistoryCounts(deps.pool, { shop }),
    countBundlesByStatus(deps.db, { shop }),
    listRuns(deps.db, { shop, limit: 1 }),
    readInboxHealth(deps.db, { shop }),
    readResults(deps, { shop, fromMs: toMs - EARNED_DAYS * DAY_MS, toMs }),
    readPublication(deps, { shop, now }),
    findSubscription(deps.db, shop),
    readSetupSigns(deps, { shop }),
  ]);
  const setup = toSetup(signs, {
    now,
    isHistoryRead: row.backfilledAt !== null || history.imported > 0,
    hasPixel: row.webPixelGid !== null,
    hasPlan: subscription !== null,
    bundles,
  });
  const format = createShopFormat(row, words.locale);
  const count = (status: BundleStatus) => bundles.get(status) ?? 0;
  const approved = countAmong(bundles, ACCEPTED_STATUSES);
  const latestRun = runs[0];

  return {
    counts: { toDecide: count("proposed"), live: count("published"), approved, paused: count("paused") },
    earned: {
      days: EARNED_DAYS,
      revenue: format.money(results.redeemed.revenueMinor),
      conversions: results.redeemed.conversions,
      verdict: writeHeadline(results.uplift, { format, words }).verdict,
      bundles: results.bundles
        .filter(({ conversions }) => conversions > 0)
        .slice(0, MOST_EARNERS)
        .map(({ bundleId, title, revenueMinor, conversions, seenVisitors }) => ({
          id: bundleId,
          title,
          revenue: format.money(revenueMinor),
          orders: conversions,
          seen: format.number(seenVisitors),
        })),
    },
    history: {
      ...toHistoryProgress(row, { format, now, words }),
      isThin: history.orders < ENOUGH_ORDERS,
      hasImport: history.imported > 0,
      orders:
        history.orders > COUNT_LIMIT
          ? words.t("server:moreThan", { number: format.number(COUNT_LIMIT) })
          : format.number(history.orders),
      products: format.number(history.products),
      firstOrderOn: history.firstOrderAt ? format.date(history.firstOrderAt) : null,
      lastOrderAt: history.lastOrderAt ? format.dateTime(history.lastOrderAt) : null,
    },
    setup,
    isGuideHidden: row.guideHiddenAt !== null,
    themeEditor: themeEditorUrls(shop, apiKey),
    run: latestRun ? toRunView(latestRun, { format, now, words }) : null,
    nextTry: await readNextTry(deps, { shop, run: latestRun, now, format, words }),
    health: describeHealth({ inbox, publishing, now, format, words, hasOrders: history.orders > 0 }),
  };
}

interface BackfillRow {
  readonly installedAt: Date;
  readonly backfilledAt: Date | null;
  readonly backfillProgress: number;
  readonly backfillMessage: unknown;
}

/** How far the first reading of the shop's products and orders is, with the time that it may still take. */
export function toHistoryProgress(
  row: BackfillRow,
  { format, now, words }: { format: ShopFormat; now: Date; words: Words },
) {
  const isRead = row.backfilledAt !== null;
  const remaining = isRead
    ? null
    : estimateRemaining({ startedAt: row.installedAt, progress: row.backfillProgress }, { now, words });
  return {
    isRead,
    progressPercent: Math.round(100 * row.backfillProgress),
    progressText: [writeStored(StoredHistory, row.backfillMessage, { format, words }), remaining]
      .filter(Boolean)
      .join(" · "),
  };
}

interface RunRow {
  readonly id: string;
  readonly status: RunStatus;
  readonly step: string;
  readonly progress: number;
  readonly message: unknown;
  readonly backend: string | null;
  readonly problem: unknown;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly createdAt: Date;
}

/** One run as the home page and the list of runs show it. */
export function toRunView(
  run: RunRow,
  { format, now, words }: { format: ShopFormat; now: Date; words: Words },
) {
  const isActive = isActiveRun(run.status);
  return {
    id: run.id,
    status: run.status,
    isActive,
    step: run.step,
    progressPercent: Math.round(Math.min(1, Math.max(0, run.progress)) * 100),
    message: writeStored(StoredRunMessage, run.message, { format, words }) ?? "",
    backend: run.backend,
    problem: writeStored(RunProblem, run.problem, { format, words }),
    at: format.dateTime(run.finishedAt ?? run.startedAt ?? run.createdAt),
    remaining: isActive ? estimateRemaining(run, { now, words }) : null,
  };
}

/**
 * Time left, from how long the part done took; steps differ in speed, so it is said in whole minutes only.
 *
 * @returns null before a twentieth is done, when the estimate would jump
 */
function estimateRemaining(
  { startedAt, progress }: Pick<RunRow, "startedAt" | "progress">,
  { now, words }: { now: Date; words: Words },
): string | null {
  if (!startedAt || progress < 0.05) return null;
  const remainingMs = ((now.getTime() - startedAt.getTime()) * (1 - progress)) / progress;
  const minutes = Math.ceil(remainingMs / 60_000);
  return minutes <= 1
    ? words.t("server:remaining.soon")
    : words.t("server:remaining.minutes", { count: minutes });
}

function describeHealth({
  inbox,
  publishing,
  now,
  format,
  words: { t },
  hasOrders,
}: {
  inbox: { waiting: number; oldestAt: Date | null; failing: number };
  publishing: PublicationView;
  now: Date;
  format: ShopFormat;
  words: Words;
  hasOrders: boolean;
}): { isWell: boolean; text: string } {
  if (inbox.failing > 0) {
    return {
      isWell: false,
      text: t("server:health.failing", { count: inbox.failing }),
    };
  }
  if (inbox.oldestAt && now.getTime() - inbox.oldestAt.getTime() > SLOW_INBOX_MS) {
    return {
      isWell: false,
      text: t("server:health.slow", { count: inbox.waiting, since: format.dateTime(inbox.oldestAt) }),
    };
  }
  if (!publishing.isOn) return { isWell: false, text: t("publishing:health.off") };
  if (publishing.problem !== null || publishing.isDiscountOff) {
    return { isWell: false, text: t("publishing:health.failed") };
  }
  if (publishing.drift.length > 0) return { isWell: true, text: t("publishing:health.drift") };
  return {
    isWell: true,
    text: hasOrders ? t("server:health.well") : t("server:health.noOrders"),
  };
}
