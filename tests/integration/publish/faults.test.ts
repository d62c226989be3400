import { afterEach, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { changePublication } from "#app/services/publish/change-publication.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openHttpShop, type HttpShop } from "#tests/factories/standin-http.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

/** Number of kills in the ordinary run. */
const KILL_POINTS = Number(process.env["KILL_POINTS"] ?? 4);
const NOW = new Date("2026-11-24T12:00:00Z");
const PHASES = ["first", "changed", "removed", "restored"] as const;

const deps = await openTestDeps();
let shop: HttpShop;

afterEach(() => shop.standin.stop());

interface Kill {
  readonly phase: (typeof PHASES)[number];
  readonly moment: "before" | "after";
  /** Index of the phase's call; no kill if the phase has fewer calls. */
  readonly call: number;
}

const ask = (intent: "switch-off" | "switch-on") =>
  changePublication(deps, { shop: SHOP, graphql: shop.graphql, intent, now: NOW, words: openWords("en") });

/** The life of a shop: publish, change everything, remove, restore. It is killed once if `kill` says so. */
async function live(kill?: Kill): Promise<{ calls: number[]; states: unknown[] }> {
  await emptyBundleShop(deps);
  const { state, variants } = await openBundleShop(deps, { products: 8 });
  shop = await openHttpShop(state);
  const pairs = [0, 2, 4, 6].map((first) => [variants[first]!, variants[first + 1]!]);
  const ids = pairs.map((_, index) => `00000000-0000-4000-8000-00000000000${index}`);
  for (const [index, pair] of pairs.entries()) await addBundle(deps, pair, { id: ids[index]! });
  const changes: Record<Kill["phase"], () => Promise<unknown>> = {
    first: async () => {},
    changed: () => changeAll(ids, pairs),
    removed: () => ask("switch-off"),
    restored: () => ask("switch-on"),
  };
  const calls: number[] = [];
  const states: unknown[] = [];
  for (const phase of PHASES) {
    await changes[phase]();
    shop.asked.length = 0;
    const death = new AbortController();
    if (kill?.phase === phase) {
      shop[kill.moment] = (_, index) => {
        if (index !== kill.call || death.signal.aborted) return;
        // Nothing of the pass continues after this, as in a dead process.
        death.abort(new Error("killed"));
        throw death.signal.reason;
      };
    }
    const request = { shop: SHOP, graphql: shop.graphql, appUrl: "https://app.example", now: NOW };
    const ended = await publishShop(deps, { ...request, signal: death.signal }).catch(
      (error: unknown) => error,
    );
    if (death.signal.aborted) {
      expect(ended).toEqual(new Error("killed"));
      await publishShop(deps, request);
    }
    shop.before = shop.after = () => {};
    calls.push(shop.asked.length);
    states.push(await snapshot());
  }
  return { calls, states };
}

/** One bundle leaves, one gets another price, one runs out of stock, one stays. */
async function changeAll(ids: readonly string[], pairs: readonly StockedVariant[][]): Promise<void> {
  await deps.db.bundle.update({ where: { id: ids[0]! }, data: { status: "rejected" } });
  await deps.db.bundle.update({ where: { id: ids[1]! }, data: { discountRatio: 0.15 } });
  await deps.db.variant.update({
    where: { shop_variantGid: { shop: SHOP, variantGid: pairs[2]![1]!.variantGid } },
    data: { inventoryQuantity: 0 },
  });
}

/** Everything of ours in the shop and in our tables, without the ids that Shopify assigns again. */
async function snapshot(): Promise<unknown> {
  const { app } = shop.standin.state;
  const bundles = await deps.db.bundle.findMany({
    select: { id: true, status: true, pausedReason: true },
    orderBy: { id: "asc" },
  });
  const noted = await deps.db.publishedMetafield.findMany({
    select: { ownerGid: true, key: true, value: true, compareDigest: true },
    orderBy: [{ ownerGid: "asc" }, { key: "asc" }],
  });
  const { discountGid, webPixelGid } = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
  return {
    metafields: [...app.metafields.values()]
      .map(({ ownerGid, namespace, key, type, value }) => `${ownerGid} ${namespace} ${key} ${type} ${value}`)
      .sort(),
    definitions: [...app.metafieldDefinitions.keys()].sort(),
    discounts: [...app.discounts.values()].map(({ title, discountClasses, endsAtMs }) => ({
      title,
      discountClasses,
      endsAtMs,
    })),
    pixel: app.webPixel?.settings ?? null,
    isDiscountNoted: discountGid === ([...app.discounts.keys()][0] ?? null),
    isPixelNoted: webPixelGid === (app.webPixel?.gid ?? null),
    bundles,
    noted,
  };
}

describe("publishing", () => {
  it("ends with the same state after a kill at any point and a second run", async () => {
    const undisturbed = await live();
    await shop.standin.stop();
    expect(undisturbed.states[0]).toMatchObject({ metafields: { length: 13 } });
    expect(undisturbed.states[2]).toMatchObject({
      metafields: [],
      discounts: [],
      definitions: [],
      pixel: null,
    });
    const random = seededRandom(20_261_124);
    for (let index = 0; index < KILL_POINTS; index += 1) {
      const at = Math.floor(random() * PHASES.length);
      const kill: Kill = {
        phase: PHASES[at]!,
        moment: random() < 0.5 ? "before" : "after",
        call: Math.floor(random() * undisturbed.calls[at]!),
      };

      const killed = await live(kill);

      expect(killed.states, JSON.stringify(kill)).toEqual(undisturbed.states);
      if (index < KILL_POINTS - 1) await shop.standin.stop();
    }
  });
});
