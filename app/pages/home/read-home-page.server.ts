import type { Words } from "#app/locales/words.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readInboxHealth } from "#app/data/inbox/inbox.server.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import { countAmong, countBundlesByStatus, countHeldBundles } from "#app/data/bundles/bundles.server.ts";
import { COUNT_LIMIT, readHistoryCounts } from "#app/data/orders/basket-lines.server.ts";
import { findSubscription } from "#app/data/shops/subscriptions.server.ts";
import { PLACEMENT_FILES, readThemePlacement } from "#app/domain/publish/theme-placement.ts";
import { type BundleStatus, ACCEPTED_STATUSES } from "#app/domain/bundle-status.ts";
import { trialDaysLeft } from "#app/domain/plans.ts";
import { stageOf, type Fault, type ShopStage } from "#app/domain/shop-stage.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { themeEditorUrls } from "#app/pages/theme-editor-urls.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { writeAnswer, type Answer } from "#app/pages/write-results.server.ts";
import {
  describeNothingFound,
  readNextTry,
  toHistoryProgress,
  toRunView,
} from "#app/pages/describe-run.server.ts";
import { findLastEventAt, hasCountedElsewhere } from "#app/data/visits/browse-events.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { findLiveTheme } from "#app/shopify/theme/read-live-theme.ts";

/** The merchant is told of messages that wait longer. */
const SLOW_INBOX_MS = HOUR_MS;
/** Below this, the first run has too little data and the page asks for older orders. */
const ENOUGH_ORDERS = 500;
const EARNED_DAYS = 28;
const MOST_EARNERS = 5;

/**
 * The data of the home page, as text in the shop's currency and time zone.
 *
 * @param apiKey the app's client id, for the deep link to the theme editor
 */
export async function readHomePage(deps: Deps, request: Asked & { graphql: AdminGraphql; apiKey: string }) {
  const { shop, apiKey, now, words } = request;
  const { row, format, settings } = await openShop(deps, { shop, words });
  const toMs = now.getTime();
  const [history, bundles, held, runs, inbox, results, publishing, subscription, signs] = await Promise.all([
    deps.slowAnswers(`history ${shop}`, () => readHistoryCounts(deps.pool, { shop })),
    countBundlesByStatus(deps.db, { shop }),
    countHeldBundles(deps.db, { shop }),
    listRuns(deps.db, { shop, limit: 1 }),
    readInboxHealth(deps.db, { shop }),
    readResults(deps, { shop, fromMs: toMs - EARNED_DAYS * DAY_MS, toMs }),
    readPublication(deps, { shop, now }),
    findSubscription(deps.db, shop),
    readSetupSigns(deps, { shop }),
  ]);
  const count = (status: BundleStatus) => bundles.get(status) ?? 0;
  const { uplift, period } = results;
  const { holdoutRatio } = settings;
  const answer = writeAnswer(uplift, { period, holdoutRatio }, { format, words });
  const earners = results.bundles.filter(({ orders }) => orders > 0).slice(0, MOST_EARNERS);
  const latestRun = runs[0];
  // Shopify is queried only until the first impression.
  const isUnseen = count("published") > 0 && signs.lastImpressionAt === null;
  const stage = stageOf({
    isHistoryRead: row.backfilledAt !== null,
    orders: history.orders,
    run: latestRun?.status ?? null,
    bundles: {
      toDecide: count("proposed"),
      waiting: count("approved") - held,
      held,
      live: count("published"),
      paused: count("paused"),
      all: bundles.size,
    },
    hasVisits: signs.visitedAt !== null,
    comparedVisitors: uplift.visitors.treated + uplift.visitors.holdout,
    answer: answer.kind,
    isPublishingOn: publishing.isOn,
    isPublishingFailed: publishing.problem !== null,
    isDiscountOff: publishing.isDiscountOff,
    isWithheld: publishing.withheldBy !== null,
    // A later impression was in the current theme.
    isThemeChanged: publishing.drift.some(
      ({ message, foundAt }) =>
        message.code === "drift.themeChanged" && foundAt > (signs.lastImpressionAt ?? new Date(0)),
    ),
    isUnplaced: isUnseen && (await hasNoPlace(deps, request)),
    failingMessages: inbox.failing,
    areMessagesSlow: inbox.oldestAt !== null && toMs - inbox.oldestAt.getTime() > SLOW_INBOX_MS,
  });

  const counted: Partial<Record<Fault, number>> = {
    messagesFailing: inbox.failing,
    messagesSlow: inbox.waiting,
    offersHeld: held,
  };
  const themeEditor = themeEditorUrls(shop, apiKey);
  return {
    counts: { toDecide: count("proposed"), live: count("published"), paused: count("paused") },
    earned: {
      ...writeEarned(stage, answer, words),
      /** Live, but no visitor was seen. */
      mayBeUnseen: stage.earned === "noVisitors" || stage.earned === "noCompared",
      /** Link to add a place for offers in the theme, if there is none. */
      placeUrl: stage.earned === "unplaced" ? themeEditor.block : null,
      days: EARNED_DAYS,
      revenue: format.money(results.sold.revenueMinor),
      orders: results.sold.orders,
      /** The best-selling bundles of the period; `seen` counts exposed visitors. */
      bundles: earners.map(({ bundleId, title, revenueMinor, orders, exposedVisitors }) => ({
        id: bundleId,
        title,
        revenue: format.money(revenueMinor),
        orders,
        seen: format.number(exposedVisitors),
      })),
    },
    decide:
      (stage.toDecide === "nothingFound" && latestRun
        ? describeNothingFound(latestRun, { format, words })
        : null) ?? words.t(`home:decide.${stage.toDecide}`, { count: count("proposed") }),
    /** Whether the last run found nothing, so that its page shows what it examined. */
    hasFoundNothing: stage.toDecide === "nothingFound",
    faults: stage.faults.map((fault) => ({
      fault,
      text: words.t(`home:wrong.${fault}`, {
        count: counted[fault] ?? 0,
      }),
    })),
    history: {
      ...toHistoryProgress(row, { format, now, words }),
      isThin: history.orders < ENOUGH_ORDERS,
      orders:
        history.orders > COUNT_LIMIT
          ? words.t("server:moreThan", { number: format.number(COUNT_LIMIT) })
          : format.number(history.orders),
      products: format.number(history.products),
      firstOrderOn: history.firstOrderAt ? format.date(history.firstOrderAt) : null,
      lastOrderAt: history.lastOrderAt ? format.dateTime(history.lastOrderAt) : null,
    },
    setup: {
      isHistoryRead: row.backfilledAt !== null,
      hasSuggestions: bundles.size > 0,
      hasApproved: countAmong(bundles, ACCEPTED_STATUSES) > 0,
      hasImpression: signs.lastImpressionAt !== null,
      isEmbedOn: signs.isEmbedOn,
      hasVisits: stage.hasVisits,
      // Staying on the free plan needs no choice.
      hasPlan:
        subscription !== null ||
        trialDaysLeft((row.firstInstalledAt ?? row.installedAt).getTime(), toMs) === 0,
    },
    isGuideHidden: row.guideHiddenAt !== null,
    themeEditor,
    run: latestRun ? toRunView(latestRun, { format, now, words }) : null,
    /** Time of the automatic retry of a failed run; null if there is none. */
    nextTry: await readNextTry(deps, { shop, run: latestRun, now, format, words }),
  };
}

export type HomePage = Awaited<ReturnType<typeof readHomePage>>;

/**
 * The result of the offers. Uses the text of the comparison, with its first addition, only while something live is
 * compared.
 */
function writeEarned({ earned }: ShopStage, answer: Answer, { t }: Words): Pick<Answer, "text" | "more"> {
  const isOfAnswer = earned === "broken" || earned === "measuring" || earned === "known";
  return isOfAnswer
    ? { text: answer.text, more: answer.more.slice(0, 1) }
    : { text: t(`home:earned.${earned}`), more: [] };
}

/** Whether the live theme is known to have no place for offers. */
async function hasNoPlace({ log }: Deps, { graphql }: { graphql: AdminGraphql }): Promise<boolean> {
  const theme = await findLiveTheme({ graphql, log }, PLACEMENT_FILES);
  if (!theme) return false;
  const { product, cart } = readThemePlacement(theme.files, theme.appHandle);
  return !product && !cart;
}

/** Reads from storefront events which theme-editor steps are done. */
async function readSetupSigns({ db, pool }: Pick<Deps, "db" | "pool">, { shop }: { shop: string }) {
  const [lastImpressionAt, visitedAt, isEmbedOn] = await Promise.all([
    findLastEventAt(db, { shop, kind: "offer_seen" }),
    findLastEventAt(db, { shop, kind: "page_viewed" }),
    hasCountedElsewhere(pool, { shop }),
  ]);
  return { lastImpressionAt, visitedAt, isEmbedOn };
}
