import { beforeEach, describe, expect, it } from "vitest";
import { zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { askForDueDays } from "#app/services/publish/ask-for-due-days.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { Prisma } from "#app/data/generated/client.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { APP_DATA_NAMESPACE, STOREFRONT_KEY } from "#app/domain/publish/storefront-offer.ts";
import { changePublication } from "#app/services/publish/change-publication.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { readPublication, readWithholdingRollout } from "#app/services/publish/read-publication.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { openStandinGraphql, type RecordedGraphql } from "#tests/factories/standin-graphql.ts";
import { addTee } from "#tests/factories/sized-product.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopEvent } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { toInventoryLevelPayload } from "#tests/standin/shop/webhook-payloads.ts";
import { addItems, emptyCart } from "#tests/standin/storefront/change-cart.ts";
import { priceCart, readDiscountFunction } from "#tests/standin/storefront/price-cart.ts";

interface Asked {
  readonly name: string;
  readonly dedupeKey: string;
  readonly delayMs: number;
}

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, dedupeKey, delayMs }) => asked.push({ name, dedupeKey, delayMs })),
};
let asked: Asked[];
let state: ShopState;
let variants: StockedVariant[];
let admin: RecordedGraphql;

beforeEach(async () => {
  asked = [];
  await emptyBundleShop(deps);
  await deps.db.inboxEvent.deleteMany();
});

async function open(products = 4): Promise<void> {
  ({ state, variants } = await openBundleShop(deps, { products }));
  admin = openStandinGraphql(state);
}

const publish = (now = new Date()) =>
  publishShop(deps, { shop: SHOP, graphql: admin.graphql, appUrl: "https://app.example", now });
const offersOf = (variant: StockedVariant) => state.app.findMetafield(variant.productGid, "$app", "offers");

/** A pass waits at most this long, so that changes share one. `npm run bench` measures the whole time. */
const SOON_MS = 3_000;

/** Delivers the webhooks of a change, does the workers' part, and returns the delay of the pass. */
async function react(change: () => unknown): Promise<number> {
  const events: ShopEvent[] = [];
  const unsubscribe = state.clock.subscribe((event) => events.push(event));
  asked = [];
  await change();
  unsubscribe();
  for (const [index, { topic, payload, triggeredAtMs }] of events.entries()) {
    await receiveWebhook(deps, {
      shop: SHOP,
      topic,
      webhookId: `${topic}-${triggeredAtMs}-${index}`,
      triggeredAt: new Date(triggeredAtMs),
      rawBody: JSON.stringify(payload),
      now: new Date(),
    });
  }
  await applyShopInbox(deps, { shop: SHOP, now: () => new Date() });
  const pass = asked.find(({ name }) => name === "publish.reconcile");
  if (!pass) throw new Error("nobody was asked to publish");
  admin.asked.length = 0;
  await publish(new Date(Date.now() + pass.delayMs));
  return pass.delayMs;
}

/** Makes the shop track a variant's stock, in Shopify and in our tables. */
async function track({ variantGid }: StockedVariant, units: number, category = ""): Promise<void> {
  const { inventoryItemGid, productGid } = state.catalogue.updateVariant(
    variantGid,
    { isTracked: true },
    { isSilent: true },
  );
  state.catalogue.adjustInventory(variantGid, { available: units }, { isSilent: true });
  state.catalogue.updateProduct(productGid, { productType: category }, { isSilent: true });
  await deps.db.variant.update({
    where: { shop_variantGid: { shop: SHOP, variantGid } },
    data: { inventoryQuantity: units, inventoryItemGid, product: { update: { productType: category } } },
  });
}

describe("from an event to the storefront", () => {
  it("a component that goes out of stock takes its offer down with the next pass, among many offers", async () => {
    await open(206);
    for (let first = 0; first < 206; first += 2) await addBundle(deps, variants.slice(first, first + 2));
    await track(variants[1]!, 5);
    await publish();
    expect(offersOf(variants[0]!)).not.toBeNull();

    const delayMs = await react(() =>
      state.catalogue.adjustInventory(variants[1]!.variantGid, { available: 0 }),
    );

    expect(offersOf(variants[0]!)).toBeNull();
    expect(delayMs).toBeLessThan(SOON_MS);
    // The discount, the installation, the one product, its deletion, the pixel, and nothing for the other 102 offers.
    expect(admin.asked.length).toBeLessThanOrEqual(6);
  });

  it("a variant back in stock brings its offer back if shoppers can choose any variant of the product", async () => {
    await open();
    const { tee, small, medium } = await addTee(deps, state, 0);
    await addBundle(deps, [variants[0]!, { productGid: tee.gid, variantGid: small, title: tee.title }]);
    await publish();
    expect(offersOf(variants[0]!)).toBeNull();

    // Only the stock level: it names the variant, and not its product.
    await react(() => {
      state.catalogue.adjustInventory(medium, { available: 5 }, { isSilent: true });
      const payload = toInventoryLevelPayload(state.catalogue.variant(medium), state.catalogue.locationGid);
      state.clock.emit({ topic: "inventory_levels/update", payload });
    });

    expect(offersOf(variants[0]!)).not.toBeNull();
  });

  it.each([
    ["is deleted", (gid: string) => state.catalogue.deleteProduct(gid)],
    ["becomes a draft", (gid: string) => void state.catalogue.updateProduct(gid, { status: "DRAFT" })],
  ])("a product that %s takes its offer down", async (_, change) => {
    await open();
    await addBundle(deps, variants.slice(0, 2));
    await addBundle(deps, variants.slice(2, 4));
    await publish();

    expect(await react(() => change(variants[1]!.productGid))).toBeLessThan(SOON_MS);

    expect(offersOf(variants[0]!)).toBeNull();
    expect(offersOf(variants[2]!)).not.toBeNull();
  });

  it.each([
    ["is deleted, it is there again and so are the offers", "discountAutomaticDelete", 1],
    ["is switched off, no offer is shown that no checkout would give", "discountAutomaticDeactivate", 0],
  ])("when the discount %s by the next pass", async (_, mutation, offers) => {
    await open();
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    const [discount] = state.app.discounts.values();
    const change = () =>
      admin.graphql(`mutation { ${mutation}(id: "${discount!.gid}") { userErrors { message } } }`);

    expect(await react(change)).toBeLessThan(SOON_MS);

    expect(state.app.discounts.size).toBe(1);
    expect([offersOf(variants[0]!)].filter((found) => found !== null)).toHaveLength(offers);
  });

  it("another app's discount triggers no pass", async () => {
    await open();
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    await deps.db.shop.updateMany({ data: { discountGid: "gid://shopify/DiscountAutomaticNode/1" } });
    const [discount] = state.app.discounts.values();
    await expect(
      react(() => {
        const payload = { admin_graphql_api_id: discount!.gid };
        state.clock.emit({ topic: "discounts/update", payload });
      }),
    ).rejects.toThrow("nobody was asked");
  });

  it("uses the nearest product as a stand-in until the component is back, if the merchant allows it", async () => {
    await open();
    const [anchor, missing, near] = [variants[0]!, variants[1]!, variants[2]!];
    const id = await addBundle(deps, [anchor, missing]);
    await track(missing, 5, "Soap");
    await track(near, 50, "Soap");
    await publish();
    const ask = (intent: "allow-stand-ins") =>
      changePublication(deps, {
        shop: SHOP,
        graphql: admin.graphql,
        intent,
        now: new Date(),
        words: openWords("en"),
      });
    await ask("allow-stand-ins");
    const variantsShown = () =>
      JSON.parse(state.app.findMetafield(anchor.productGid, "$app", "bundle_variants")!.value) as string[];

    await react(() => state.catalogue.adjustInventory(missing.variantGid, { available: 0 }));
    expect(variantsShown()).toEqual([anchor.variantGid, near.variantGid]);
    expect((await readPublication(deps, { shop: SHOP, now: new Date() })).standIns).toEqual([
      { bundle: "Product 1 + Product 2", missing: "Product 2", standIn: "Product 3" },
    ]);

    const exclude = async (excludedProductGids: string[]) => {
      await saveSettings(deps, { shop: SHOP, changes: { excludedProductGids }, now: new Date() });
      await publish();
    };
    await exclude([near.productGid]);
    expect(offersOf(anchor)).toBeNull();
    await exclude([]);
    expect(variantsShown()).toEqual([anchor.variantGid, near.variantGid]);

    await react(() => state.catalogue.adjustInventory(near.variantGid, { available: 0 }));
    expect(offersOf(anchor)).toBeNull();

    await react(() => state.catalogue.adjustInventory(missing.variantGid, { available: 9 }));
    expect(variantsShown()).toEqual([anchor.variantGid, missing.variantGid]);
    expect((await readPublication(deps, { shop: SHOP, now: new Date() })).standIns).toEqual([]);
    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id } })).toMatchObject({ status: "published" });
  });
});

describe("a Rollout of the shop", () => {
  const SHOPPERS = 40;
  let discountGid: string;

  /** Puts both products into the carts of many shoppers, and counts those who do not pay the page's price. */
  async function countRefused(): Promise<{ promised: number; refused: number }> {
    if (offersOf(variants[0]!) === null) return { promised: 0, refused: 0 };
    const discountFunction = await readDiscountFunction("extensions");
    const items = variants.slice(0, 2).map(({ variantGid }) => ({
      id: toLegacyId(variantGid),
      quantity: 1,
      properties: {},
    }));
    const totals = Array.from({ length: SHOPPERS }, (_, shopper) => {
      const cart = addItems(state, emptyCart(`shopper ${shopper}`), items);
      return priceCart(state, cart, { discountFunction, locale: "en" }).discountTotal;
    });
    return { promised: SHOPPERS, refused: totals.filter((total) => total === 0).length };
  }

  const withhold = () =>
    state.rollouts.start("Black Friday", 100, [
      { split: 50, changes: [{ kind: "RolloutDiscountExpireChange", targetGid: discountGid }] },
      { split: 50, changes: [] },
    ]);
  const pausedReasons = async () =>
    (await deps.db.bundle.findMany({ where: { pausedReason: { not: Prisma.DbNull } } })).map(
      ({ pausedReason }) => pausedReason,
    );

  beforeEach(async () => {
    await open();
    for (const { variantGid } of variants)
      state.catalogue.adjustInventory(variantGid, { available: 9 }, { isSilent: true });
    await addBundle(deps, variants.slice(0, 2));
    await publish(new Date(Date.now() - 3_600_000));
    discountGid = [...state.app.discounts.keys()][0]!;
  });

  it("that withholds our discount from half of the buyers pauses the offers while it runs", async () => {
    expect(await countRefused()).toEqual({ promised: SHOPPERS, refused: 0 });
    const rollout = withhold();
    const { refused } = await countRefused();
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(SHOPPERS);
    state.rollouts.move(rollout.gid, "PAUSED");

    const delayMs = await react(() => state.rollouts.move(rollout.gid, "ACTIVE"));

    expect(delayMs).toBeLessThan(SOON_MS);
    expect(await countRefused()).toEqual({ promised: 0, refused: 0 });
    expect(await pausedReasons()).toEqual([
      { code: "paused.withheldByRollout", values: { rollout: "Black Friday" } },
    ]);
    expect(await readPublication(deps, { shop: SHOP, now: new Date() })).toMatchObject({
      withheldBy: "Black Friday",
      isDiscountOff: false,
    });

    await react(() => state.rollouts.move(rollout.gid, "CONCLUDED"));

    expect(await countRefused()).toEqual({ promised: SHOPPERS, refused: 0 });
    expect(await pausedReasons()).toEqual([]);
    expect(await readWithholdingRollout(deps, SHOP)).toBeNull();
    const [stretch, ...others] = await deps.db.stretch.findMany();
    expect(others).toEqual([]);
    expect(stretch).toMatchObject({ kind: "discount_withheld", rolloutGid: rollout.gid });
    expect(stretch!.endedAt!.getTime()).toBeGreaterThan(stretch!.startedAt.getTime());
  });

  it("is noticed by the hourly pass if its webhook never came", async () => {
    withhold();
    await publish();
    expect(offersOf(variants[0]!)).toBeNull();
  });

  it("that gives the discount to more buyers, removes another one or tries a theme pauses nothing", async () => {
    const theme = state.onlineStore.addTheme("Spring");
    state.rollouts.start("Autumn", 50, [
      {
        split: 100,
        changes: [
          { kind: "RolloutDiscountActivateChange", targetGid: discountGid },
          { kind: "RolloutDiscountExpireChange", targetGid: "gid://shopify/DiscountAutomaticNode/1" },
          { kind: "RolloutThemePublishChange", targetGid: theme.gid },
        ],
      },
    ]);
    await publish();

    expect(await countRefused()).toEqual({ promised: SHOPPERS, refused: 0 });
    expect(await readWithholdingRollout(deps, SHOP)).toBeNull();
    const open = { shop: SHOP, kind: "theme_tried", endedAt: null };
    expect(await deps.db.stretch.findMany({ where: open })).toMatchObject([{ name: "Autumn" }]);
    // The theme's id tells its shoppers from the merchant, who also views an unpublished theme.
    const kept = state.app.findMetafield(state.app.installationGid, APP_DATA_NAMESPACE, STOREFRONT_KEY);
    expect(JSON.parse(kept!.value)).toMatchObject({ themes: [Number(toLegacyId(theme.gid))] });
  });

  it("is not read without the scope, and its last known state stays", async () => {
    withhold();
    admin.refuses = "ReadRollouts";
    await publish();
    expect(offersOf(variants[0]!)).not.toBeNull();
    admin.refuses = null;
    await publish();
    admin.refuses = "ReadRollouts";
    await publish();
    expect(offersOf(variants[0]!)).toBeNull();
  });
});

/** Expects a pass when the offer begins and when it ends, and a live offer in between. */
async function expectFollowed(startsAt: Date, endsAt: Date, [startIso, endIso]: readonly [string, string]) {
  await addBundle(deps, variants.slice(0, 2), { startsAt, endsAt });
  const at = (iso: string, offsetMs: number) => new Date(Date.parse(iso) + offsetMs);
  const view = (now: Date) => askForDueDays(deps, { now, aheadMs: 90_000 });
  await publish(at(startIso, -3_600_000));

  expect(await view(at(startIso, -91_000))).toBe(0);
  expect(await view(at(startIso, -60_000))).toBe(1);
  expect(asked).toMatchObject([{ name: "publish.reconcile", delayMs: 61_000 }]);
  await publish(at(startIso, 1_000));
  expect(offersOf(variants[0]!)).not.toBeNull();
  expect(await view(at(startIso, 2_000))).toBe(0);

  asked = [];
  expect(await view(at(endIso, -30_000))).toBe(1);
  expect(asked).toMatchObject([{ delayMs: 31_000 }]);
  await publish(at(endIso, 1_000));
  expect(offersOf(variants[0]!)).toBeNull();
  expect(await view(at(endIso, 2_000))).toBe(0);
}

describe("first and last days", () => {
  it.each([
    // The clock goes forward at two: this day has 23 hours.
    ["2027-03-14", "America/New_York", "2027-03-14T05:00:00.000Z", "2027-03-15T03:59:59.999Z"],
    // The clock goes back at three: this day has 25 hours.
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"],
  ])("on %s in %s begin and end to the second", async (day, timeZone, startIso, endIso) => {
    await open();
    const startsAt = new Date(zonedDayStartMs(day, timeZone)!);
    const endsAt = new Date(zonedDayEndMs(day, timeZone)!);
    await expectFollowed(startsAt, endsAt, [startIso, endIso]);
  });

  it("can be times within a day: the offer begins and ends at that minute", async () => {
    await open();
    const [startIso, endIso] = ["2026-12-24T09:30:00.000Z", "2026-12-24T18:45:00.000Z"];
    await expectFollowed(new Date(startIso), new Date(endIso), [startIso, endIso]);
  });

  it("are enqueued again until a pass has followed them, for example when Redis lost its jobs", async () => {
    await open();
    const now = new Date("2026-11-24T12:00:00Z");
    await addBundle(deps, variants.slice(0, 2), { startsAt: new Date(now.getTime() - 600_000) });

    await askForDueDays(deps, { now, aheadMs: 90_000 });
    await askForDueDays(deps, { now: new Date(now.getTime() + 30_000), aheadMs: 90_000 });
    await askForDueDays(deps, { now: new Date(now.getTime() + 3_600_000), aheadMs: 90_000 });

    const keys = asked.map(({ dedupeKey }) => dedupeKey);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(asked.every(({ delayMs }) => delayMs === 0)).toBe(true);
  });

  it("are left to the hourly pass if Shopify refuses them, instead of failing every half minute", async () => {
    await open();
    const endsAt = new Date("2026-12-24T18:45:00Z");
    const at = (offsetMs: number) => new Date(endsAt.getTime() + offsetMs);
    const view = (offsetMs: number) => askForDueDays(deps, { now: at(offsetMs), aheadMs: 90_000 });
    await addBundle(deps, variants.slice(0, 2), { endsAt });
    admin.refuses = "DiscountAutomaticAppCreate";
    await expect(publish(at(-3_600_000))).rejects.toThrow("Access denied");
    expect([await view(-30_000), await view(30_000)]).toEqual([1, 0]);

    admin.refuses = null;
    await publish(at(-60_000));
    expect(await view(30_000)).toBe(1);
  });

  it("trigger nothing in a shop that is switched off or has removed the app", async () => {
    await open();
    await addBundle(deps, variants.slice(0, 2), { startsAt: new Date(Date.now() - 1_000) });
    const view = () => askForDueDays(deps, { now: new Date(), aheadMs: 0 });
    expect(await view()).toBe(1);

    await deps.db.publication.create({ data: { shop: SHOP, offSince: new Date() } });
    expect(await view()).toBe(0);
    await deps.db.publication.deleteMany();
    await deps.db.shop.update({ where: { shop: SHOP }, data: { uninstalledAt: new Date() } });
    expect(await view()).toBe(0);
  });
});
