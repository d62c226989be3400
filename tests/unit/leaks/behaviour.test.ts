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

// The code is the real one; its networks are so small that it takes a second, and one of them is always chosen.
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
/** The last quarter of the orders judges, or the last 61 days; the same before it is trained on too. */
const windowFrom = Math.max(
  Math.floor(0.75 * orders),
  placedAtMs.findIndex((atMs) => atMs >= cutoffMs - 61 * DAY_MS),
);
const otherFrom = Math.max(
  Math.floor(0.75 * windowFrom),
  placedAtMs.findIndex((atMs) => atMs >= placedAtMs[windowFrom]! - 61 * DAY_MS),
);
/** Of the window the first 84 % are trained on and stopped by; the rest chooses. */
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

describe("behaviour knows nothing from beyond", { timeout: 60_000 }, () => {
  it("the cutoff: no order, price or look at or after it is learned from", async () => {
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
      { deafTo: { fromMs: untilMs }, hears: { fromMs: untilMs - 2 * DAY_MS } },
      (stated) => stated,
    );
  });

  it("the start of the judging window: the methods are fitted on orders before it", () =>
    byAll.expectBoundary(
      {
        deafTo: { fromMs: at(windowFrom), untilMs: at(choiceFrom) },
        hears: { fromMs: at(windowFrom - 3), untilMs: at(windowFrom) },
      },
      ({ measured }) => measured,
    ));

  it("the orders that choose: what networks learn from, stop by and weigh ends before them", () =>
    byAll.expectBoundary(
      { deafTo: { fromMs: at(choiceFrom) }, hears: { fromMs: at(choiceFrom - 1), untilMs: at(choiceFrom) } },
      ({ memberFits }) => memberFits,
    ));

  it("the orders that choose: a choice is measured on them and on no order that was trained on", async () => {
    const choosing = { fromMs: at(choiceFrom) };
    const training = { fromMs: at(windowFrom), untilMs: at(choiceFrom) };
    await byAll.expectBoundary({ deafTo: training, hears: choosing }, ({ measured }) => measured);
  });

  it("the start of the judging window: looks are read up to it, not up to the cutoff", () =>
    byViews.expectBoundary(
      { deafTo: { fromMs: at(windowFrom) }, hears: { fromMs: at(windowFrom - 8), untilMs: at(windowFrom) } },
      ({ measured, memberFits }) => ({ measured, memberFits }),
    ));

  it("the start of the other window: looks are read up to it, not up to the window that judges", () =>
    byViews.expectBoundary(
      { deafTo: { fromMs: at(otherFrom) }, hears: { fromMs: at(otherFrom - 8), untilMs: at(otherFrom) } },
      ({ wholeOther }) => wholeOther,
    ));

  it("the start of the other window: its examples hold evidence from before it", () =>
    byAll.expectBoundary(
      {
        deafTo: { fromMs: at(middleOfOther) },
        hears: { fromMs: at(otherFrom - 1), untilMs: at(otherFrom) },
      },
      ({ firstHalfOfOther }) => firstHalfOfOther,
    ));

  it("the end of the other window: its examples hold no order of the window that judges", () =>
    byAll.expectBoundary(
      {
        deafTo: { fromMs: at(windowFrom) },
        hears: { fromMs: at(windowFrom - 3), untilMs: at(windowFrom) },
      },
      ({ wholeOther }) => wholeOther,
    ));

  it("the order asked about: a shopper's history ends before it", async () => {
    const last = log.baskets.customer.findLastIndex(
      (customer, order) => customer >= 0 && log.baskets.customer.indexOf(customer) < order,
    );
    const before = log.baskets.customer.lastIndexOf(log.baskets.customer[last]!, last - 1);
    const learner = openLearner({
      log,
      // The order stays its customer's: only what is in it, and in those after it, is another.
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
      { deafTo: { fromMs: at(last) }, hears: { fromMs: at(before), untilMs: at(before + 1) } },
      (histories) => histories,
    );
  });
});

describe("calibration knows nothing from beyond", { timeout: 60_000 }, () => {
  /** Cases of one forecast of .5 each; in every other one it came `odd` times of ten, in the rest `even` times. */
  const forecastCases = (even: number, odd: number) =>
    Array.from({ length: 400 }, (_, one) => [
      { probability: 0.5, isBought: (one >> 1) % 10 < (one % 2 ? odd : even) },
    ]);

  it("the half that it is fitted on: each half is judged by a fit on the other", () => {
    const { raw, calibrated } = measureCalibration(forecastCases(1, 9));
    expect(raw).toBeLessThan(0.01);
    expect(calibrated).toBeGreaterThan(0.7);
  });

  it("the half that it is fitted on: what both halves agree on is put right", () => {
    const { raw, calibrated } = measureCalibration(forecastCases(2, 2));
    expect(raw).toBeGreaterThan(0.25);
    expect(calibrated).toBeLessThan(0.05);
  });

  it("the orders that choose: it is fitted on them, and what the chosen network states is calibrated", async () => {
    const choosing = { fromMs: at(choiceFrom) };
    const [clean, poisoned] = [await byAll.learnWith(null), await byAll.learnWith(choosing)];
    expect(poisoned.calibrationErrors).not.toEqual(clean.calibrationErrors);
    // Of a softmax that nothing was done to, the probabilities of the candidates sum to 1.
    const sum = clean.final.scores.reduce((all, score) => all + Math.exp(score), 0);
    expect(Math.abs(sum - 1)).toBeGreaterThan(0.01);
  });
});
