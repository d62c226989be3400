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

describe("the replay leaks no data across", () => {
  it("its start: it learns from no order at or after it", () =>
    openLearner({
      log,
      poison: poisonLog,
      learn: ({ baskets }) => splitForReplay(baskets, cutoffMs, replayFromMs).earlier,
    }).expectBoundary({ ignores: later, uses: before }, (earlier) => earlier));

  it("its start: proposals, refusals and discounts come from orders before it", async () => {
    expect(known.proposals.length).toBeGreaterThan(3);
    await openLearner({ log, poison: poisonLog, learn: propose }).expectBoundary(
      { ignores: later, uses: before },
      (stated) => stated,
    );
  });

  it("its start: a proposal counts no order after it, even if the baskets include some", async () => {
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
    await whole.expectBoundary({ ignores: later, uses: before }, (stated) => stated);
  });

  it("its start: views after it do not affect a bundle", () =>
    openLearner({
      log,
      poison: poisonViews,
      learn: ({ baskets, views }) => countCoViews(views, baskets.items.length, replayFromMs),
    }).expectBoundary({ ignores: later, uses: before }, (stated) => stated));

  it("its start: a proposal is not tested on the orders it was counted from", () =>
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
      { ignores: { fromMs: 0, untilMs: replayFromMs }, uses: later },
      ({ accepted, refused }) => ({ accepted: accepted.map(({ replay }) => replay), refused }),
    ));
});
