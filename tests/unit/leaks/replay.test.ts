import { describe, expect, it } from "vitest";
import { countCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { findReplayStart, splitForReplay } from "#app/domain/validate/split-for-replay.ts";
import {
  openLearner,
  plantLog,
  poisonLog,
  poisonViews,
  type ShopLog,
} from "#tests/factories/poisoned-log.ts";
import { noNeighbours } from "../domain/propose/planted-shop.ts";

const log = plantLog({ orders: 2_000, products: 40, days: 400 });
const cutoffMs = log.baskets.placedAtMs.at(-1)! + DAY_MS;
const replayFromMs = findReplayStart(log.baskets, cutoffMs);
const settings = ShopSettings.parse({});
const known = propose(log);

function propose({ baskets, views }: ShopLog) {
  const items = baskets.items.length;
  return proposeBundles({
    baskets: splitForReplay(baskets, cutoffMs, replayFromMs).earlier,
    neighbours: noNeighbours(items),
    forecasts: [],
    settings,
    cutoffMs: replayFromMs,
    coViews: countCoViews(views, items, replayFromMs),
  });
}

const later = { fromMs: replayFromMs };
const before = { fromMs: replayFromMs - 30 * DAY_MS, untilMs: replayFromMs };

describe("the replay knows nothing from beyond", () => {
  it("its start: nothing that is learned from is of an order at or after it", () =>
    openLearner({
      log,
      poison: poisonLog,
      learn: ({ baskets }) => splitForReplay(baskets, cutoffMs, replayFromMs).earlier,
    }).expectBoundary({ deafTo: later, hears: before }, (earlier) => earlier));

  it("its start: proposals, refusals and discounts come of orders before it", async () => {
    expect(known.proposals.length).toBeGreaterThan(3);
    await openLearner({ log, poison: poisonLog, learn: propose }).expectBoundary(
      { deafTo: later, hears: before },
      (stated) => stated,
    );
  });

  it("its start: a proposal counts no order after it, even of baskets that hold some", async () => {
    const whole = openLearner({
      log,
      poison: poisonLog,
      learn: ({ baskets, views }) =>
        proposeBundles({
          baskets,
          neighbours: noNeighbours(baskets.items.length),
          forecasts: [],
          settings,
          cutoffMs: replayFromMs,
          coViews: countCoViews(views, baskets.items.length, replayFromMs),
        }),
    });
    await whole.expectBoundary({ deafTo: later, hears: before }, (stated) => stated);
  });

  it("its start: looks after it are no reason for or against a bundle", () =>
    openLearner({
      log,
      poison: poisonViews,
      learn: ({ baskets, views }) => countCoViews(views, baskets.items.length, replayFromMs),
    }).expectBoundary({ deafTo: later, hears: before }, (stated) => stated));

  it("its start: a proposal is judged by no order that it was counted from", () =>
    openLearner({
      log,
      poison: poisonLog,
      learn: ({ baskets }) =>
        replayProposals({
          proposals: known.proposals,
          laterBaskets: splitForReplay(baskets, cutoffMs, replayFromMs).later,
          random: seededRandom(1),
        }),
    }).expectBoundary(
      { deafTo: { fromMs: 0, untilMs: replayFromMs }, hears: later },
      ({ accepted, refused }) => ({ accepted: accepted.map(({ replay }) => replay), refused }),
    ));
});
