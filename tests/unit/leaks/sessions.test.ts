import { beforeAll, describe, it, vi } from "vitest";
import { cutSessions, sessionEndMs, countSessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { compareNextViews } from "#app/learning/sessions/compare-next-views.ts";
import type * as PurchaseNetwork from "#app/learning/networks/purchase-network.ts";
import type * as SessionAttention from "#app/learning/attention/session-attention.ts";
import { SIMPLE_SESSION_NAMES } from "#app/learning/sessions/session-candidates.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { openLearner, plantLog, poisonViews, type ShopLog } from "#tests/factories/poisoned-log.ts";

// The code is the real one; what it trains is so small that it takes a second.
vi.mock("#app/learning/networks/purchase-network.ts", async (original) => {
  const real = await original<typeof PurchaseNetwork>();
  return { ...real, NETWORK_DEFAULTS: { ...real.NETWORK_DEFAULTS, hidden: [4], maxEpochs: 1 } };
});
vi.mock("#app/learning/attention/session-attention.ts", async (original) => {
  const real = await original<typeof SessionAttention>();
  return { ...real, ATTENTION_DEFAULTS: { ...real.ATTENTION_DEFAULTS, width: 4, hidden: 4, maxEpochs: 2 } };
});

const log = plantLog({ orders: 900, days: 240 });
const cut = ({ baskets, views }: ShopLog) => cutSessions(views, baskets.items.length);
const sessions = cut(log);
const count = countSessions(sessions);
/** The newest fifth: its first 65 % are trained on, up to 78 % it is stopped by, the rest chooses. */
const windowFrom = Math.floor(0.8 * count);
const choiceFrom = windowFrom + Math.floor(0.78 * (count - windowFrom));
const startOf = (session: number) => sessions.atMs[sessions.offsets[session]!]!;
const endOf = (session: number) => sessionEndMs(sessions, session) + 1;

async function learn(shop: ShopLog) {
  const { candidates, learned, losses } = (await compareNextViews(cut(shop), { seed: 1 }))!;
  const { network, transformer } = learned;
  const simple = candidates.filter(({ name }) => SIMPLE_SESSION_NAMES.some((known) => known === name));
  return {
    learned: { network, transformer, losses },
    measured: simple.map(({ name, hr20, mrr20, newHr20, newMrr20 }) => [
      name,
      hr20,
      mrr20,
      newHr20,
      newMrr20,
    ]),
  };
}

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("next views know nothing from beyond", { timeout: 60_000 }, () => {
  const learner = openLearner({ log, poison: poisonViews, learn });

  it("the sessions that choose: what networks learn from, stop by and weigh ends before them", () =>
    learner.expectBoundary(
      {
        deafTo: { fromMs: startOf(choiceFrom) },
        hears: { fromMs: startOf(choiceFrom - 1), untilMs: endOf(choiceFrom - 1) },
      },
      ({ learned }) => learned,
    ));

  it("the start of the judging sessions: the methods are fitted on those before it", () =>
    learner.expectBoundary(
      {
        deafTo: { fromMs: startOf(windowFrom), untilMs: endOf(choiceFrom - 1) },
        hears: { fromMs: startOf(windowFrom - 20), untilMs: endOf(windowFrom - 1) },
      },
      ({ measured }) => measured,
    ));

  it("the sessions that choose: a choice is measured on them and on none that was trained on", () =>
    learner.expectBoundary(
      {
        deafTo: { fromMs: startOf(windowFrom), untilMs: endOf(choiceFrom - 1) },
        hears: { fromMs: startOf(choiceFrom) },
      },
      ({ measured }) => measured,
    ));
});
