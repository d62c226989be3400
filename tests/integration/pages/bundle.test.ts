import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DailyForecast } from "#app/domain/trends/item-forecast.ts";
import { COUNTRY_CODES } from "#app/domain/validate/countries.ts";
import { openWords } from "#app/locales/words.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { editBundleTerms } from "#app/services/validate/edit-bundle.server.ts";
import { readOfferFigures } from "#app/pages/bundle/read-offer-figures.server.ts";
import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { planShopOffers } from "#app/services/publish/read-approved-bundles.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  reckonedAt,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const now = new Date("2026-11-20T12:00:00Z");
const DAY_MS = 86_400_000;
const words = openWords("en");
const where = { shop: SHOP, decidedBy: "42", now };
const deps = await openTestDeps();
let variants: StockedVariant[];

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps, { products: 5 }));
});

const readPage = async (bundleId: string) =>
  (await readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" }))!;
const readRow = (bundleId: string) =>
  deps.db.bundle.findUniqueOrThrow({
    where: { id: bundleId, shop: SHOP },
    include: { components: { orderBy: { position: "asc" } } },
  });
/** The shop's products at these indexes, one unit of each by default. */
const holding = (places: readonly number[], quantities: readonly string[] = []) => ({
  components: places.map((place, index) => ({
    variantGid: variants[place]?.variantGid ?? "gid://shopify/ProductVariant/1",
    quantity: quantities[index] ?? "1",
  })),
});

/** A set at a percentage of its price, as the fields hold it. */
const percent = (rewardValue: string) => ({ kind: "set", rewardType: "percent", rewardValue });

const edit = (bundleId: string, changes: Record<string, unknown>) =>
  editBundleTerms(deps, {
    ...where,
    words,
    bundleId,
    typed: {
      title: "Two things",
      offer: percent("12"),
      startsOn: "",
      endsOn: "",
      letsShopperChoose: true,
      placement: "everywhere",
      countries: [],
      note: "",
      ...holding([0, 1]),
      ...changes,
    },
  });

describe("the expected gain of a bundle", () => {
  const addReckoned = async (discountRatio: number, places: readonly number[] = [0, 1], value = 1_400) => {
    const parts = places.map((place) => variants[place]!);
    const bundleId = await addBundle(deps, parts, { status: "published" });
    await deps.db.bundle.update({ where: { id: bundleId }, data: reckonedAt(discountRatio, value) });
    return bundleId;
  };

  it("is shown with the discount of its calculation once the bundle has another one", async () => {
    const bundleId = await addReckoned(0.06);
    expect(await edit(bundleId, { offer: percent("9") })).toMatchObject({ ok: true });
    const page = await readPage(bundleId);
    expect([page.discount, page.proposedDiscount]).toEqual(["9%", "6%"]);
  });

  const figuresOf = async (bundleId: string, typed: object) =>
    readOfferFigures(deps, { shop: SHOP, bundleId, words, now, typed });

  it("is the same in the list, on the page and for unchanged fields, with the same reason", async () => {
    const bundleId = await addReckoned(0.1);
    const { gain, title, why, steps } = await readPage(bundleId);
    expect(gain?.text).toBe("about $15 a month");
    const query = SuggestionQuery.parse({ tab: "approved" });
    const listed = (await readSuggestionsPage(deps, { shop: SHOP, query, words, now }))!.bundles[0];
    expect(listed).toMatchObject({ gain, title, why, priceAfter: steps[0]!.priceAfter });
    const same = await figuresOf(bundleId, { offer: percent("10"), ...holding([0, 1]) });
    expect(same).toMatchObject({ repriced: gain, why });
  });

  it("follows the typed terms, with their price and what they leave", async () => {
    const bundleId = await addReckoned(0.1);
    const figures = await figuresOf(bundleId, { offer: percent("45"), ...holding([0, 1]) });
    expect(figures?.steps).toEqual([
      {
        units: 2,
        priceBefore: "$20.00",
        priceAfter: "$11.00",
        saving: "$9.00",
        discount: "45%",
        leaves:
          "Sold for $11.00, it leaves you $1.00 after the cost of the goods. Without the offer it would be $10.00. " +
          "That is a margin of 9.09%, below your lowest of 15%. The discount is above your highest of 20%.",
        warning:
          "That is a margin of 9.09%, below your lowest of 15%. The discount is above your highest of 20%.",
      },
    ]);
    expect(figures?.repriced?.text).toMatch(/^about \$\d+ less a month$/);
  });

  it("adds no figure of the newest orders, in which shoppers never saw the typed terms", async () => {
    const bundleId = await addReckoned(0.1);
    const estimate = { value: 3_000, low: 2_000, high: 4_000 };
    const counts = { baskets: 1_190, withAll: 9, expectedByChance: 3 };
    const validation = { ...counts, isSupported: true, lift: estimate, marginChangeMinor: estimate };
    await deps.db.bundle.update({ where: { id: bundleId }, data: { validation } });
    const figures = await figuresOf(bundleId, { offer: percent("45"), ...holding([0, 1]) });
    expect(JSON.stringify(figures)).not.toContain("newest orders");
  });

  it("states a limit and a value beyond it with enough digits to tell them apart", async () => {
    const settings = { maxDiscountRatio: 0.125, marginFloorRatio: 0.435 };
    await deps.db.shop.updateMany({ where: { shop: SHOP }, data: { settings } });
    const bundleId = await addReckoned(0.1);
    const figures = await figuresOf(bundleId, { offer: percent("11.7"), ...holding([0, 1]) });
    expect(figures?.steps[0]?.leaves).toContain("a margin of 43.37%, below your lowest of 43.5%.");
    expect(await edit(bundleId, { offer: percent("13") })).toMatchObject({
      warnings: [
        "The discount is above your highest of 12.5%.",
        "Leaves a margin of 42.53%, below your lowest of 43.5%",
      ],
    });
  });

  it("states the discount of a gift", async () => {
    const offer = { kind: "gift", giftPercent: "12.5" };
    const [first, gift] = variants;
    const typed = {
      offer,
      components: [first, gift].map((one, at) => ({
        variantGid: one!.variantGid,
        quantity: "1",
        isGift: at === 1,
      })),
    };
    const asked = { shop: SHOP, bundleId: null, typed, now };
    const figures = await readOfferFigures(deps, { ...asked, words: openWords("de") });
    expect(figures?.steps).toMatchObject([{ discount: "12,5\u00a0%" }]);
  });

  it.each<[string, () => object]>([
    ["other products", () => ({ offer: percent("12"), ...holding([0, 2]) })],
    ["more units", () => ({ offer: percent("12"), ...holding([0, 1], ["1", "2"]) })],
  ])("is not shown for %s, for which no run calculated it", async (_, toTyped) => {
    const figures = await figuresOf(await addReckoned(0.1), toTyped());
    expect(figures).toMatchObject({ repriced: null, evidence: { kind: "orders" } });
  });

  it("is recalculated on the page and in the list once the bundle has another discount", async () => {
    const bundleId = await addReckoned(0.1);
    const { gain: proposedGain } = await readPage(bundleId);
    expect(await edit(bundleId, { offer: percent("45") })).toMatchObject({ ok: true });
    const page = await readPage(bundleId);
    expect(page).toMatchObject({ proposedDiscount: "10%", proposedGain });
    expect(page.gain?.text).toMatch(/^about \$\d+ less a month$/);
    const query = SuggestionQuery.parse({ tab: "approved" });
    const [listed] = (await readSuggestionsPage(deps, { shop: SHOP, query, words, now })).bundles;
    // The expected orders were calculated for the other discount.
    expect(listed).toMatchObject({ gain: page.gain, sold: { expected: null } });
  });

  it.each([
    ["a set", "fullPriceUntold", { extraAbout: 4 }],
    ["a range", "shownTogether", {}],
  ])("is no longer the one of full price once %s has a discount", async (_, code, counted) => {
    const bundleId = await addReckoned(0);
    const values = { ...counted, days: 28, extraMinor: 1_400 };
    const evidence = [{ kind: "margin", value: 1_400, code, values }];
    await deps.db.bundle.update({ where: { id: bundleId }, data: { evidence } });
    expect((await readPage(bundleId)).proposedDiscount).toBeNull();
    expect(await edit(bundleId, { offer: percent("20") })).toMatchObject({ ok: true });
    expect((await readPage(bundleId)).proposedDiscount).toBe("0%");
    const query = SuggestionQuery.parse({ tab: "approved" });
    const [listed] = (await readSuggestionsPage(deps, { shop: SHOP, query, words, now })).bundles;
    expect(listed).toMatchObject({ sold: { expected: null } });
  });

  it("sorts and filters the list of approved bundles by the displayed figure", async () => {
    const best = await addReckoned(0.1);
    const other = await addReckoned(0.1, [2, 3], 1_000);
    const ofSame = await addReckoned(0.1, [0, 4], 700);
    const list = async (filter = {}) => {
      const query = SuggestionQuery.parse({ tab: "approved", ...filter });
      return (await readSuggestionsPage(deps, { shop: SHOP, query, words, now })).bundles.map(({ id }) => id);
    };
    expect(await list()).toEqual([best, other, ofSame]);
    await edit(best, { offer: percent("45") });
    expect(await list()).toEqual([other, ofSame, best]);
    expect(await list({ minProfit: 8 })).toEqual([other]);
  });

  it("orders by its discount of now what a run proposed at full price", async () => {
    const other = await addReckoned(0.1, [2, 3], 1_000);
    const bundleId = await addReckoned(0);
    const values = { responseRatio: 0.02, extraAbout: 4, days: 28, extraMinor: 1_400 };
    const evidence = [{ kind: "margin", value: 1_400, code: "fullPriceMeasured", values }];
    await deps.db.bundle.update({ where: { id: bundleId }, data: { evidence } });
    const list = async () => {
      const query = SuggestionQuery.parse({ tab: "approved" });
      return (await readSuggestionsPage(deps, { shop: SHOP, query, words, now })).bundles.map(({ id }) => id);
    };
    expect(await list()).toEqual([bundleId, other]);
    await edit(bundleId, { offer: percent("45") });
    expect(await list()).toEqual([other, bundleId]);
  });

  it("gives a product's only place to the offer with the highest displayed gain", async () => {
    const changed = await addReckoned(0.1);
    const ofSame = await addReckoned(0.1, [0, 4], 700);
    const row = await readKeptShop(deps.db, SHOP);
    const settings = { ...toSettings(SHOP, row.settings), maxOffersPerProduct: 1 };
    const plan = { shop: SHOP, row, settings, allowsStandIns: false, now };
    const offered = async () => (await planShopOffers(deps, plan)).plan.offered;
    expect(await offered()).toEqual([changed]);
    await edit(changed, { offer: percent("45") });
    expect(await offered()).toEqual([ofSame]);
  });

  it("is shown without a proposed discount while the bundle has it", async () => {
    expect((await readPage(await addReckoned(0.07))).proposedDiscount).toBeNull();
  });
});

describe("the figures of quantity breaks", () => {
  it("are those of orders that reach the first tier, compared with the usual rate instead of chance", async () => {
    const id = await addBundle(deps, variants.slice(0, 1));
    const exactly = (value: number) => ({ value, low: value, high: value });
    const tier = { units: 3, reward: { type: "percent", basisPoints: 1_000 } };
    await deps.db.bundle.update({
      where: { id },
      data: {
        terms: { kind: "breaks", scope: "product", tiers: [tier] },
        expected: {
          ordersAnyway: exactly(2),
          ordersWithOffer: exactly(7),
          extraMarginMinor: exactly(900),
          extraRevenueMinor: exactly(3_000),
        },
        validation: {
          isSupported: true,
          baskets: 1_190,
          withAll: 3,
          expectedByChance: 3.7,
          lift: exactly(0.8),
          marginChangeMinor: exactly(500),
        },
      },
    });
    const { expected, orders, replay } = await readPage(id);
    const terms = [...expected.slice(0, 2), ...replay!.facts.slice(1, 4)].map(({ term }) => term);
    expect(terms).toEqual([
      "Orders with 3 or more, without an offer",
      "Orders with 3 or more, with the offer",
      "Contained 3 or more",
      "Expected at the earlier rate",
      "Times as often as before",
    ]);
    expect(orders.map(({ label }) => label)).toEqual(terms.slice(0, 2));
  });
});

describe("changing a bundle's terms", () => {
  it.each<[string, () => Record<string, unknown>, string]>([
    ["a discount that is no number", () => ({ offer: percent("") }), "reward"],
    ["a discount of more than everything", () => ({ offer: percent("120") }), "reward"],
    ["a day that does not exist", () => ({ endsOn: "2026-02-30" }), "endsOn"],
    ["a last day before the first", () => ({ startsOn: "2026-12-24", endsOn: "2026-12-01" }), "endsOn"],
    ["a last day that is over", () => ({ endsOn: "2026-11-01" }), "endsOn"],
    ["half a unit", () => holding([0, 1], ["1", "0.5"]), "components"],
    ["one product", () => holding([0]), "components"],
    ["five products", () => holding([0, 1, 2, 3, 4]), "components"],
    ["a product twice", () => holding([0, 0]), "components"],
    ["a product that the shop does not have", () => holding([0, 99]), "components"],
    ["a place that there is not", () => ({ placement: "footer" }), "placement"],
    ["a country that there is not", () => ({ countries: ["DE", "QQ"] }), "countries"],
    ["all countries one by one", () => ({ countries: COUNTRY_CODES }), "countries"],
    ["a note as long as a book", () => ({ note: "x".repeat(2_001) }), "note"],
    ["no title", () => ({ title: "  " }), "title"],
    ["what no page sends", () => ({ title: 7 }), "title"],
  ])("refuses %s beside its field and changes nothing", async (_, toWrong, field) => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    const before = await readRow(bundleId);
    const outcome = await edit(bundleId, toWrong());
    expect(outcome).toMatchObject({
      ok: false,
      problems: [{ field, message: expect.stringMatching(/^[A-Z]/) }],
    });
    expect(await readRow(bundleId)).toEqual(before);
    expect(await deps.db.decision.count()).toBe(0);
  });

  it("includes the whole last day in the shop's time zone, and shows the same day again", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "America/New_York" } });
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    expect(await edit(bundleId, { endsOn: "2026-12-24", ...holding([0, 1], ["1", "2"]) })).toMatchObject({
      ok: true,
    });
    expect((await readRow(bundleId)).endsAt?.toISOString()).toBe("2026-12-25T04:59:59.999Z");
    const page = await readPage(bundleId);
    expect(page.terms).toMatchObject({
      endsOn: "2026-12-24",
      offer: percent("12"),
      components: [{ quantity: "1" }, { quantity: "2" }],
    });
    expect(page.decisions[0]).toMatchObject({
      what:
        "Changed: title Product 1 + Product 2 → Two things, last day – → Dec 24, 2026, " +
        "quantities 1/1 → 1/2, discount 10% → 12%",
      who: "You",
    });
  });

  it("saves the placement and staff's notes, and records that in the history", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    expect(await edit(bundleId, { placement: "cart", note: "Ask the supplier first" })).toMatchObject({
      ok: true,
    });
    const page = await readPage(bundleId);
    expect(page.terms).toMatchObject({ placement: "cart", note: "Ask the supplier first" });
    expect(page.decisions[0]).toMatchObject({
      what: expect.stringMatching(/^Changed: (?=.*notes)(?=.*placement)/),
    });
  });

  it("saves its countries once each and in order, shows them, and records them in the history", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    expect(await edit(bundleId, { countries: ["DE", "AT", "DE"] })).toMatchObject({ ok: true });
    const page = await readPage(bundleId);
    expect(page.terms.countries).toEqual(["AT", "DE"]);
    expect(page.decisions[0]).toMatchObject({ what: expect.stringMatching(/^Changed: (?=.*countries)/) });
  });

  it("warns about the merchant's own limits in the merchant's language, and saves", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    const outcome = await editBundleTerms(deps, {
      ...where,
      words: openWords("de"),
      bundleId,
      typed: {
        title: "Zwei",
        offer: percent("45"),
        startsOn: "",
        endsOn: "",
        letsShopperChoose: false,
        placement: "everywhere",
        countries: [],
        note: "",
        ...holding([0, 1]),
      },
    });
    const messages = outcome.ok ? outcome.warnings.map((message) => message.replaceAll("\u00a0", " ")) : [];
    expect(messages).toEqual([
      "Der Rabatt liegt über deinem höchsten von 20 %.",
      "Lässt eine Marge von 9,09 %, unter deiner Untergrenze von 15 %",
    ]);
    expect(await readRow(bundleId)).toMatchObject({ discountRatio: 0.45, letsShopperChoose: false });
  });

  it("saves a note without claiming a price that the autopilot or a colleague has set", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { discountRatio: 0.125 });
    const endsAt = new Date("2026-11-01T00:00:00Z");
    await deps.db.bundle.update({ where: { id: bundleId }, data: { endsAt } });
    const typed = { note: "Ask the supplier first" };
    expect(await editBundleTerms(deps, { ...where, words, bundleId, typed })).toMatchObject({ ok: true });
    expect(await readRow(bundleId)).toMatchObject({ ...typed, discountRatio: 0.125, endsAt });
    const [logged] = await deps.db.decision.findMany();
    expect(logged!.detail).toMatchObject({ changes: typed });
    expect(logged!.detail).not.toHaveProperty("changes.discountRatio");
  });

  it("shows a price as it is, even one that no merchant would type", async () => {
    const percentOf = async (discountRatio: number) =>
      (await readPage(await addBundle(deps, variants.slice(0, 2), { discountRatio }))).terms.offer
        .rewardValue;
    expect(await percentOf(0.125)).toBe("12.5");
    await deps.db.bundle.deleteMany();
    expect(await percentOf(0.07)).toBe("7");
  });

  it("states the minute of the begin or end, if it is not the day's first or last", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await edit(bundleId, { startsOn: "2099-11-27T18:00", endsOn: "2099-11-27T20:30" });
    // Without the minutes, a sale of one evening looks like one of the whole day.
    expect((await readPage(bundleId)).when).toBe("from Nov 27, 2099, 6:00 PM, until Nov 27, 2099, 8:30 PM");
    await edit(bundleId, { startsOn: "2099-11-27", endsOn: "2099-11-28" });
    expect((await readPage(bundleId)).when).toBe("from Nov 27, 2099, until Nov 28, 2099");
  });

  it("warns about the margin at today's price, not at the price of the proposal", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await deps.db.variant.updateMany({ where: { shop: SHOP }, data: { priceMinor: 600 } });
    // 1,200 less 12 % is 1,056, and the cost of 1,000 leaves 56.
    expect(await edit(bundleId, {})).toEqual({
      ok: true,
      warnings: ["Leaves a margin of 5.3%, below your lowest of 15%"],
    });
  });
});

describe("choosing other products", () => {
  it("removes what was known of the earlier products, and marks the new ones as untested", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), {
      status: "proposed",
      expectedExtraMarginMinor: 900,
    });
    expect(await edit(bundleId, holding([2, 0, 3], ["1", "2", "1"]))).toMatchObject({ ok: true });
    const row = await readRow(bundleId);
    expect(row).toMatchObject({ expected: {}, validation: {}, expectedExtraMarginMinor: 0n });
    expect(row.components.map(({ title, quantity }) => [title, quantity])).toEqual([
      ["Product 3", 1],
      ["Product 1", 2],
      ["Product 4", 1],
    ]);
    const page = await readPage(bundleId);
    expect(page).toMatchObject({ gain: null, replay: null, expected: [] });
    expect(page.evidence.map(({ text }) => text)).toEqual([
      "The products were chosen by hand and not tested on later orders.",
      "There are no orders yet, so nothing is known about how these sell.",
    ]);
    expect(page.missing).toContain("It was not tested on later orders.");
    expect(page.decisions[0]?.what).toContain("products");
  });

  it("is refused if the combination exists already", async () => {
    const first = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    const second = await addBundle(deps, variants.slice(2, 4), { status: "proposed" });
    expect(await edit(first, holding([0, 4]))).toMatchObject({ ok: true });
    expect(await edit(second, holding([4, 0]))).toMatchObject({
      ok: false,
      problems: [
        {
          field: "components",
          message:
            "This offer already exists: change a product or a number here, or the price and dates there (Two things)",
        },
      ],
    });
  });

  it("is refused after an approval, even one that was taken back", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    await decideBundle(deps, { ...where, bundleId, decision: "approve" });
    await decideBundle(deps, { ...where, now: new Date(now.getTime() + 1_000), bundleId, decision: "undo" });
    expect((await readPage(bundleId)).isReplaceable).toBe(false);
    expect(await edit(bundleId, holding([0, 2]))).toMatchObject({
      ok: false,
      problems: [{ field: "components" }],
    });
    expect(await edit(bundleId, holding([0, 1], ["2", "1"]))).toMatchObject({ ok: true });
  });
});

describe("the other facts on a bundle's page", () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Two customers with an account and a guest buy the first two products. One customer bought before. */
  async function addOrders(): Promise<void> {
    const orders: readonly (readonly [daysAgo: number, customerKey: string | null, products: number])[] = [
      [40, "ann", 1],
      [30, "ann", 2],
      [20, "ben", 2],
      [10, null, 2],
    ];
    for (const [index, [daysAgo, customerKey, products]] of orders.entries()) {
      const orderGid = `gid://shopify/Order/${index + 1}`;
      const placedAt = new Date(now.getTime() - daysAgo * DAY_MS);
      await deps.db.order.create({
        data: {
          shop: SHOP,
          orderGid,
          placedAt,
          sourceUpdatedAt: placedAt,
          currency: "USD",
          customerKey,
          totalMinor: 2_000,
          lines: {
            create: variants.slice(0, products).map(({ variantGid, productGid, title }, position) => ({
              position,
              variantGid,
              productGid,
              title,
              quantity: 1,
              unitPriceMinor: 1_000,
            })),
          },
        },
      });
    }
  }

  it("state who buys it, and count as returning only customers with an earlier order", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await addOrders();
    expect((await readPage(bundleId)).season.facts).toEqual([
      { term: "Orders with the whole bundle in two years", value: "3" },
      { term: "Placed by a customer with an account", value: "67%" },
      { term: "Placed by someone who had ordered before", value: "33%" },
      { term: "Half of these orders cost at most", value: "$20.00" },
    ]);
  });

  it("count for an offer by units the orders with that many, of one product or of all", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await addOrders();
    const readOf = async (scope: "pool" | "product", units: number) => {
      const tiers = [{ units, reward: { type: "percent", basisPoints: 1_000 } }];
      await deps.db.bundle.update({
        where: { id: bundleId },
        data: { terms: { kind: "breaks", scope, tiers } },
      });
      return (await readPage(bundleId)).season;
    };
    const ofBoth = await readOf("pool", 2);
    expect(ofBoth.facts[0]).toEqual({ term: "Orders with 2 or more", value: "3" });
    expect(ofBoth.note).toBe("Orders with 2 or more, month by month, in the last two years.");
    const none = { note: "No order in the last two years contained 2 or more.", facts: [], months: [] };
    expect(await readOf("product", 2)).toMatchObject(none);
    expect((await readOf("pool", 3)).facts).toEqual([]);
  });

  it("count the orders that hold as many of each product as the bundle", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await addOrders();
    await deps.db.bundleComponent.updateMany({ where: { bundleId, position: 1 }, data: { quantity: 2 } });
    await deps.db.orderLine.updateMany({
      where: { orderGid: "gid://shopify/Order/2", position: 1 },
      data: { quantity: 2 },
    });
    const { facts } = (await readPage(bundleId)).season;
    expect(facts[0]).toEqual({ term: "Orders with the whole bundle in two years", value: "1" });
  });

  it.each(["America/Los_Angeles", "Asia/Tokyo"])(
    "count the orders of two years to the hour, also when the server runs in %s",
    async (timeZone) => {
      const bundleId = await addBundle(deps, variants.slice(0, 2));
      await addOrders();
      for (const [number, hours] of [
        [2, 1],
        [3, -1],
      ] as const) {
        await deps.db.order.updateMany({
          where: { orderGid: `gid://shopify/Order/${number}` },
          data: { placedAt: new Date(now.getTime() - 730 * DAY_MS + hours * 3_600_000) },
        });
      }
      vi.stubEnv("TZ", timeZone);

      const { facts } = (await readPage(bundleId)).season;
      expect(facts[0]).toEqual({ term: "Orders with the whole bundle in two years", value: "2" });
    },
  );

  it("name unknown facts, and nothing once they are known", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await deps.db.variant.updateMany({
      where: { shop: SHOP, variantGid: variants[0]!.variantGid },
      data: { costMinor: null },
    });
    const { missing } = await readPage(bundleId);
    expect(missing).toHaveLength(7);
    expect(missing[1]).toContain("No cost for Product 1:");
    await deps.db.shop.updateMany({ where: { shop: SHOP }, data: { settings: { usesShopifyCosts: false } } });
    expect((await readPage(bundleId)).missing).toEqual(missing.toSpliced(1, 1));
    await addOrders();
    const after = (await readPage(bundleId)).missing;
    expect(after.some((text) => text.includes("customer with an account"))).toBe(false);
    expect(after.some((text) => text.includes("40 days"))).toBe(true);
  });

  it("compare the forecast with the stock, in days that it lasts", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    const { variantGid } = variants[0]!;
    await deps.db.variant.updateMany({ where: { shop: SHOP, variantGid }, data: { inventoryQuantity: 20 } });
    expect((await readPage(bundleId)).forecast).toBeNull();
    const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
    await deps.db.forecast.create({
      data: {
        shop: SHOP,
        variantGid,
        runId: run.id,
        horizonDays: 28,
        ordersExpected: 40,
        ordersLow: 28,
        ordersHigh: 56,
        trend: "flat",
      },
    });
    const forecast = (await readPage(bundleId)).forecast!;
    expect(forecast.time).toBe("28 days");
    expect(forecast.rows).toMatchObject([{ title: "Product 1", cover: "14 days (10 to 20)", stock: "20" }]);
    await deps.db.forecast.updateMany({ where: { shop: SHOP }, data: { unitsPerOrder: 2 } });
    expect((await readPage(bundleId)).forecast!.rows).toMatchObject([{ cover: "7 days (5 to 10)" }]);
    await deps.db.variant.updateMany({
      where: { shop: SHOP, variantGid },
      data: { inventoryQuantity: null },
    });
    const unlimited = { hasLimit: false, stock: "No stock limit", cover: "–" };
    expect((await readPage(bundleId)).forecast!.rows).toMatchObject([unlimited]);
  });

  it("show the forecast of each day in the shop's calendar, if the run has one", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
    const add = (index: number, daily: DailyForecast | undefined) =>
      deps.db.forecast.create({
        data: {
          shop: SHOP,
          variantGid: variants[index]!.variantGid,
          runId: run.id,
          horizonDays: 2,
          ordersExpected: 4,
          ordersLow: 2,
          ordersHigh: 7,
          trend: "flat",
          ...(daily ? { daily } : {}),
        },
      });
    await add(0, undefined);
    expect((await readPage(bundleId)).daily).toBeNull();
    await add(1, {
      firstNoonMs: Date.UTC(2026, 2, 2, 12),
      expected: [1.25, 2.75],
      low: [0, 1],
      high: [3, 5],
    });
    expect((await readPage(bundleId)).daily).toEqual({
      series: [{ name: "Product 2", values: [1.25, 2.75] }],
      days: [
        { label: "Mon, Mar 2", orders: ["1.3 (0 to 3)"] },
        { label: "Tue, Mar 3", orders: ["2.8 (1 to 5)"] },
      ],
    });
  });

  it("list the closest similar bundles first, in any status, and none that was never seen", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    const sameAnchor = await addBundle(deps, [variants[0]!, variants[2]!], { status: "published" });
    const sameKind = await addBundle(deps, variants.slice(3, 5), { status: "retired" });
    const sinceRejected = await addBundle(deps, [variants[0]!, variants[4]!], { status: "rejected" });
    await addBundle(deps, variants.slice(2, 4), { status: "published" });
    for (const [id, orders] of [
      [sameKind, 3],
      [sameAnchor, 1],
      [sinceRejected, 2],
    ] as const) {
      for (let order = 0; order < orders; order++) {
        await deps.db.conversion.create({
          data: {
            shop: SHOP,
            orderGid: `gid://shopify/Order/${order}`,
            bundleId: id,
            sets: 1,
            revenueMinor: 1_800,
            discountMinor: 200,
            convertedAt: new Date(now.getTime() - DAY_MS),
          },
        });
      }
    }
    expect((await readPage(bundleId)).similar).toMatchObject([
      { id: sinceRejected, similarBy: "Shown on the same product", orders: "2", revenue: "$36.00" },
      { id: sameAnchor, similarBy: "Shown on the same product", orders: "1", revenue: "$18.00" },
      { id: sameKind, similarBy: "Same kind of bundle", orders: "3", revenue: "$54.00" },
    ]);
  });
});
