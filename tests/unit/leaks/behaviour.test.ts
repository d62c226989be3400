import { beforeAll, describe, expect, it, vi } from "vitest";
import { measureCalibration } from "#app/domain/behaviour/choice/calibration.ts";
import type * as RankItems from "#app/domain/behaviour/choice/rank-items.ts";
import { drawCompletionCases } from "#app/domain/behaviour/choice/rank-items.ts";
import { cutSessions } from "#app/domain/behaviour/sessions/co-views.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { fitSources } from "#app/learning/completion/fit-feature-sources.ts";
import { gatherOtherWindow } from "#app/learning/completion/other-windows.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import type * as PurchaseNetwork from "#app/learning/networks/purchase-network.ts";
import { trainBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { chooseBackend } from "#jobs/backend.ts";
import {
  openLearner,
  plantLog,
  poisonFacts,
  poisonLog,
  poisonViews,
  type ShopLog,
  type Span,
} from "#tests/factories/poisoned-log.ts";

// The real code with networks small enough to train in a second. One of them is always chosen.
vi.mock("#app/learning/networks/purchase-network.ts", async (original) => {
  const network = await original<typeof PurchaseNetwork>();
  const { TRAINING_SETTINGS, FEW } = network;
  const tiny = { members: 2, settings: { ...FEW.settings, hidden: [4], maxEpochs: 1 } };
  return {
    ...network,
    FEW: tiny,
    TRAINING_SETTINGS: {
      cart: { ...TRAINING_SETTINGS.cart, many: tiny },
      product: { ...TRAINING_SETTINGS.product, many: tiny },
      undated: { ...TRAINING_SETTINGS.undated, many: tiny },
    },
  };
});
vi.mock("#app/domain/behaviour/choice/rank-items.ts", async (original) => {
  const ranking = await original<typeof RankItems>();
  const { chooseMeasured } = ranking;
  const chooseNetwork: typeof chooseMeasured = (measured, usual, gainsOf) =>
    measured.find((one) => (one as { name?: string }).name === "relu network") ??
    chooseMeasured(measured, usual, gainsOf);
  return { ...ranking, chooseMeasured: chooseNetwork };
});
const log = plantLog({ orders: 640, days: 170 });
const { placedAtMs, items } = log.baskets;
const orders = placedAtMs.length;
const cutoffMs = placedAtMs.at(-1)! + DAY_MS;
/** The test window is the last quarter of the orders, at most 61 days. The other window before it has the same rule. */
const windowFrom = Math.max(
  Math.floor(0.75 * orders),
  placedAtMs.findIndex((atMs) => atMs >= cutoffMs - 61 * DAY_MS),
);
const otherFrom = Math.max(
  Math.floor(0.75 * windowFrom),
  placedAtMs.findIndex((atMs) => atMs >= placedAtMs[windowFrom]! - 61 * DAY_MS),
);
/** The first 84 % of the test window train the networks and stop them early. The rest chooses the method. */
const choiceFrom = windowFrom + Math.floor(0.84 * (orders - windowFrom));
const middleOfOther = (otherFrom + windowFrom) >> 1;
const at = (order: number) => placedAtMs[order]!;

async function learn({ baskets, views }: ShopLog) {
  const memberFits: unknown[] = [];
  const firstHalfOfOther: unknown[] = [];
  const wholeOther: unknown[] = [];
  const trained = await trainBehaviour(baskets, {
    cutoffMs,
    seed: 1,
    sessions: cutSessions(views, baskets.items.length),
    neighbourCount: 5,
    tasks: new Set(["cart"]),
    workerThread: {
      fit: (from, untilMs) => fitSources(from, untilMs, {}),
      async gather(work) {
        firstHalfOfOther.push(await gatherOtherWindow({ ...work, to: middleOfOther }, {}));
        const gathered = await gatherOtherWindow(work, {});
        wholeOther.push(gathered);
        return gathered;
      },
      async train(examples, heldOut, settings, run) {
        const fit = await trainPurchaseNetwork(examples, heldOut, settings, run);
        memberFits.push({ examples, heldOut, fit });
        return fit;
      },
    },
  });
  const { candidates, neighbours, model } = trained;
  const simple = candidates.filter(({ name }) => !/network|history/.test(name));
  const scores = new Float32Array(items.length);
  model.score({ basket: [0, 3], atMs: cutoffMs, history: [] }, scores);
  return {
    memberFits,
    wholeOther,
    firstHalfOfOther,
    measured: simple.map(({ name, hr10, ndcg10 }) => ({ name, hr10, ndcg10 })),
    calibrationErrors: candidates.map((one) => [one.calibrationError, one.rawCalibrationError]),
    final: { neighbours, scores },
  };
}

const poison = (shop: ShopLog, span: Span) => poisonFacts(poisonLog(shop, span));
const byAll = openLearner({ log, poison, learn });
const byViews = openLearner({ log, poison: poisonViews, learn });

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("behaviour leaks no data across", { timeout: 60_000 }, () => {
  it("the cutoff: it learns from no order, price or view at or after it", async () => {
    const later = plantLog({ orders: 768, days: 204 });
    const { baskets, views } = later;
    const learnAll = async (whole: ShopLog) => {
      const { final, ...rest } = await learn(whole);
      return { ...final, ...rest };
    };
    const untilMs = cutoffMs;
    expect(baskets.placedAtMs.at(-1)).toBeGreaterThan(untilMs);
    expect(Array.from(views.atMs).at(-1)).toBeGreaterThan(untilMs);
    await openLearner({ log: later, poison, learn: learnAll }).expectBoundary(
      { ignores: { fromMs: untilMs }, uses: { fromMs: untilMs - 2 * DAY_MS } },
      (stated) => stated,
    );
  });

  it("the start of the test window: the methods are fitted on orders before it", () =>
    byAll.expectBoundary(
      {
        ignores: { fromMs: at(windowFrom), untilMs: at(choiceFrom) },
        uses: { fromMs: at(windowFrom - 3), untilMs: at(windowFrom) },
      },
      ({ measured }) => measured,
    ));

  it("the choosing orders: networks learn, stop early and are weighted on orders before them", () =>
    byAll.expectBoundary(
      { ignores: { fromMs: at(choiceFrom) }, uses: { fromMs: at(choiceFrom - 1), untilMs: at(choiceFrom) } },
      ({ memberFits }) => memberFits,
    ));

  it("the choosing orders: methods are measured on them, not on orders that were trained on", async () => {
    const choosing = { fromMs: at(choiceFrom) };
    const training = { fromMs: at(windowFrom), untilMs: at(choiceFrom) };
    await byAll.expectBoundary({ ignores: training, uses: choosing }, ({ measured }) => measured);
  });

  it("the start of the test window: views are read up to it, not up to the cutoff", () =>
    byViews.expectBoundary(
      { ignores: { fromMs: at(windowFrom) }, uses: { fromMs: at(windowFrom - 8), untilMs: at(windowFrom) } },
      ({ measured, memberFits }) => ({ measured, memberFits }),
    ));

  it("the start of the other window: views are read up to it, not up to the test window", () =>
    byViews.expectBoundary(
      { ignores: { fromMs: at(otherFrom) }, uses: { fromMs: at(otherFrom - 8), untilMs: at(otherFrom) } },
      ({ wholeOther }) => wholeOther,
    ));

  it("the start of the other window: its examples use evidence from before it", () =>
    byAll.expectBoundary(
      {
        ignores: { fromMs: at(middleOfOther) },
        uses: { fromMs: at(otherFrom - 1), untilMs: at(otherFrom) },
      },
      ({ firstHalfOfOther }) => firstHalfOfOther,
    ));

  it("the end of the other window: its examples use no order of the test window", () =>
    byAll.expectBoundary(
      {
        ignores: { fromMs: at(windowFrom) },
        uses: { fromMs: at(windowFrom - 3), untilMs: at(windowFrom) },
      },
      ({ wholeOther }) => wholeOther,
    ));

  it("the order of a query: a shopper's history ends before it", async () => {
    const last = log.baskets.customer.findLastIndex(
      (customer, order) => customer >= 0 && log.baskets.customer.indexOf(customer) < order,
    );
    const before = log.baskets.customer.lastIndexOf(log.baskets.customer[last]!, last - 1);
    const learner = openLearner({
      log,
      // Customers stay; only the contents of this order and of later ones change.
      poison: ({ baskets, views }, span) => ({
        baskets: { ...poisonLog({ baskets, views }, span).baskets, customer: baskets.customer },
        views,
      }),
      learn: ({ baskets }) =>
        drawCompletionCases(
          baskets,
          { from: last, to: last + 1, task: "cart", perBasket: 1 },
          () => true,
          seededRandom(1),
        ).map(({ query }) => query.history),
    });
    await learner.expectBoundary(
      { ignores: { fromMs: at(last) }, uses: { fromMs: at(before), untilMs: at(before + 1) } },
      (histories) => histories,
    );
  });
});

describe("calibration leaks no data across", { timeout: 60_000 }, () => {
  /** Cases of one forecast of 0.5 each. Odd cases are bought `odd` times in ten, even cases `even` times. */
  const forecastCases = (even: number, odd: number) =>
    Array.from({ length: 400 }, (_, one) => [
      { probability: 0.5, isBought: (one >> 1) % 10 < (one % 2 ? odd : even) },
    ]);

  it("its halves: each half is tested with a fit on the other", () => {
    const { raw, calibrated } = measureCalibration(forecastCases(1, 9));
    expect(raw).toBeLessThan(0.01);
    expect(calibrated).toBeGreaterThan(0.7);
  });

  it("its halves: an error common to both halves is corrected", () => {
    const { raw, calibrated } = measureCalibration(forecastCases(2, 2));
    expect(raw).toBeGreaterThan(0.25);
    expect(calibrated).toBeLessThan(0.05);
  });

  it("the choosing orders: it is fitted on them, and the chosen network's probabilities are calibrated", async () => {
    const choosing = { fromMs: at(choiceFrom) };
    const [clean, poisoned] = [await byAll.learnWith(null), await byAll.learnWith(choosing)];
    expect(poisoned.calibrationErrors).not.toEqual(clean.calibrationErrors);
    // The probabilities of an uncalibrated softmax sum to 1.
    const sum = clean.final.scores.reduce((all, score) => all + Math.exp(score), 0);
    expect(Math.abs(sum - 1)).toBeGreaterThan(0.01);
  });
});
