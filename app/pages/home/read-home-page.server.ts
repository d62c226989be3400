import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readInboxHealth } from "#app/data/inbox/inbox.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import { countAmong, countBundlesByStatus } from "#app/data/bundles/bundles.server.ts";
import { COUNT_LIMIT, readHistoryCounts } from "#app/data/orders/history-counts.server.ts";
import { findSubscription } from "#app/data/shops/subscriptions.server.ts";
import { ACCEPTED_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { readNextTry } from "#app/pages/read-next-try.server.ts";
import { readPublication, type PublicationView } from "#app/services/publish/read-publication.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { themeEditorUrls } from "#app/pages/theme-editor-urls.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { readSetupSigns, toSetup } from "./read-setup.server.ts";
import { createShopFormat, type ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeAnswer } from "#app/pages/write-results.server.ts";
import { toHistoryProgress, toRunView } from "#app/pages/describe-run.server.ts";

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
  const row = await findShop(deps.db, shop);
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
      verdict: writeAnswer(
        results.uplift,
        { days: results.period.day, holdoutRatio: 0, toComeRatio: null },
        { format, words },
      ).text,
      bundles: results.bundles
        .filter(({ conversions }) => conversions > 0)
        .slice(0, MOST_EARNERS)
        .map(({ bundleId, title, revenueMinor, conversions, exposedVisitors }) => ({
          id: bundleId,
          title,
          revenue: format.money(revenueMinor),
          orders: conversions,
          seen: format.number(exposedVisitors),
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

function describeHealth({
  inbox,
  publishing,
  now,
  format,
  words,
  hasOrders,
}: {
  inbox: { waiting: number; oldestAt: Date | null; failing: number };
  publishing: PublicationView;
  now: Date;
  format: ShopFormat;
  words: Words;
  hasOrders: boolean;
}): { isWell: boolean; text: string } {
  const { t } = words;
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
  if (publishing.withheldBy !== null) return { isWell: false, text: t("publishing:health.withheld") };
  const themeChange = publishing.drift.find(({ message }) => message.code === "drift.themeChanged");
  if (themeChange) return { isWell: true, text: `${writeMessage(themeChange.message, { format, words })}.` };
  if (publishing.drift.length > 0) return { isWell: true, text: t("publishing:health.drift") };
  return {
    isWell: true,
    text: hasOrders ? t("server:health.well") : t("server:health.noOrders"),
  };
}
