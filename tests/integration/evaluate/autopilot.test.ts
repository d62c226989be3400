import { describe, expect, it } from "vitest";
import { findAutopilot } from "#app/data/bundles/autopilot.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import { readAutomationPage } from "#app/pages/automation/read-automation-page.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { readOfferOutlook } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { steerShop } from "#app/services/evaluate/steer-shop.server.ts";
import { switchAutopilotOff, switchAutopilotOn } from "#app/services/validate/switch-autopilot.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { purchaseRuleOf, toOfferTerms } from "#app/domain/offer/offer.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { addBundle, reckonedAt, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { supportedProposal } from "#tests/factories/supported-proposal.ts";
import { inEnglish } from "#tests/factories/write-english.ts";
import { NOW, at, stockOf, openSteeredShop } from "#tests/factories/steered-shop.ts";

const OF_SET = purchaseRuleOf({ kind: "set", reward: { type: "none" } });
/**
 * Seasons of the windows 2, 4 … 12 weeks after the forecast's own: a season that begins after six weeks and ends
 * after ten.
 */
const SEASON_RISES = [0.6, 1, 2, 2.4, 0.9, 0.7];

const { opened, holdOut, on, steer, read, publish, saveForecast, visit, countTrials } =
  await openSteeredShop();

describe("the autopilot", () => {
  it("does nothing unless it is switched on, and nothing while publishing is off", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    expect(await steer()).toEqual({ skipped: "off", actions: [] });

    await on();
    await opened.deps.db.publication.create({ data: { shop: SHOP, offSince: NOW } });
    expect(await steer()).toEqual({ skipped: "publishing_off", actions: [] });

    await opened.deps.db.publication.deleteMany();
    await switchAutopilotOff(opened.deps, { shop: SHOP });
    expect(await steer()).toEqual({ skipped: "off", actions: [] });
    expect((await read(id)).decisions).toHaveLength(1);
  });

  it("does nothing while the arms have other sizes than drawn, and its page says so", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.19);
    for (let day = -30; day < 0; day++) {
      await visit(id, pair, { day, visitors: 100, sets: 1, parts: 2 });
      await visit(id, pair, { day, visitors: 5, sets: 0, parts: 1, arm: "holdout" });
    }
    await on();
    await holdOut(0.1);
    expect(await steer()).toEqual({ skipped: "draw_broken", actions: [] });
    const page = await readAutomationPage(opened.deps, { shop: SHOP, words: openWords("en"), now: NOW });
    expect(page?.autopilot).toMatchObject({ isOn: true, isStopped: true });

    await holdOut(0);
    expect((await steer()).skipped).toBeNull();
  });

  it("stays off when an outdated page asks for other collections", async () => {
    await on();
    await switchAutopilotOff(opened.deps, { shop: SHOP });
    const asked = { shop: SHOP, now: NOW, collectionGids: ["gid://shopify/Collection/1"], wasOn: true };
    expect(await switchAutopilotOn(opened.deps, asked)).toBe(false);
    expect(await findAutopilot(opened.deps.db, SHOP)).toMatchObject({ onSince: null, collectionGids: [] });
  });

  it("keeps what two people change in its collections at once, and never opens all of them for that", async () => {
    const [shirts, hats, shoes] = [1, 2, 3].map((id) => `gid://shopify/Collection/${id}`) as [
      string,
      string,
      string,
    ];
    await on([shirts, hats]);
    const change = (collectionGids: string[], seenGids: string[]) =>
      switchAutopilotOn(opened.deps, { shop: SHOP, now: NOW, collectionGids, seenGids, wasOn: true });
    const readGids = async () => (await findAutopilot(opened.deps.db, SHOP)).collectionGids;
    await Promise.all([change([shirts, hats, shoes], [shirts, hats]), change([hats], [shirts, hats])]);
    expect((await readGids()).toSorted()).toEqual([hats, shoes]);

    await change([hats], [hats, shoes]);
    await change([shoes], [hats, shoes]);
    expect(await readGids()).toEqual([shoes]);
    await change([], [shoes]);
    expect(await readGids()).toEqual([]);
  });

  it("does nothing in a shop that has removed the app", async () => {
    await on();
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { uninstalledAt: NOW } });

    expect(await steer()).toEqual({ skipped: "not_installed", actions: [] });
  });

  it("changes a price once a day, records the reason, and respects the merchant's undo", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.19);
    await visit(id, pair, { day: -60, visitors: 1_000, sets: 5, parts: 20, hasImpression: false });
    await on();

    const first = await steer();
    expect(first.actions).toMatchObject([{ bundleId: id, action: "price" }]);
    expect(await steer(at(0.2))).toEqual({ skipped: "done_today", actions: [] });
    const steered = await read(id);
    expect(steered.discountRatio).toBe(first.actions[0]!.discountRatio);
    expect(steered.decisions.at(-1)).toMatchObject({
      decidedBy: "autopilot",
      action: "edit",
      detail: { before: { discountRatio: 0.19 }, reason: first.actions[0]!.reason },
    });

    // Like the button on its page: the first undo takes back the price, and the second one not the approval before
    // it.
    const seenNewest = steered.decisions.at(-1)!.id;
    const undo = (now: Date, seen = {}) =>
      undoDecision(opened.deps, { shop: SHOP, bundleId: id, decidedBy: "staff", now, ...seen });
    const isUndoable = async () => {
      const page = { shop: SHOP, bundleId: id, viewer: "staff", now: NOW, words: openWords("en") };
      return (await readBundlePage(opened.deps, page))!.isUndoable;
    };
    expect(await isUndoable()).toBe(true);
    // A page loaded before the price change shows the approval as the newest decision, and cannot undo anything else.
    expect(await undo(at(0.4), { seenNewest: steered.decisions.at(-2)!.id })).toMatchObject({
      ok: false,
      reason: "decision_conflict",
      conflict: { action: "edit", decidedBy: "autopilot", isStillPossible: false },
    });
    expect((await read(id)).discountRatio).toBe(steered.discountRatio);
    const german = { shop: SHOP, bundleId: id, viewer: "staff", now: NOW, words: openWords("de") };
    const [newest] = (await readBundlePage(opened.deps, german))!.decisions;
    expect(newest!.why).toMatch(/^Versuch, weil es mehr einbringen kann als 19\s%$/);
    expect(await undo(at(0.5), { seenNewest })).toEqual({ ok: true, value: null });
    expect(await isUndoable()).toBe(false);
    expect(await undo(at(0.6))).toEqual({ ok: false, reason: "nothing_to_undo" });
    expect((await read(id)).status).toBe("published");
    expect((await steer(at(1))).actions).toEqual([]);
    expect((await read(id)).discountRatio).toBe(0.19);

    // After a restart it can steer this offer again.
    await on([], at(1.5), true);
    expect((await steer(at(2))).actions).toMatchObject([{ bundleId: id, action: "price" }]);
  });

  it("records the expected gain of a price without tax", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.19);
    await visit(id, pair, { day: -60, visitors: 1_000, sets: 5, parts: 20, hasImpression: false });
    await on();
    const noted = async (includedTaxRatio: number) => {
      const settings = { holdoutRatio: 0, usesShopifyCosts: false, includedTaxRatio };
      await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
      await opened.deps.db.autopilot.updateMany({ data: { steeredOn: null } });
      await opened.deps.db.bundle.update({ where: { id }, data: { discountRatio: 0.19 } });
      const [action] = (await steer()).actions;
      return Number(action!.evidence["gainPerThousandMinor"]);
    };
    const [plain, taxed] = [await noted(0), await noted(0.25)];
    expect(Math.abs(taxed - 0.8 * plain)).toBeLessThan(1);
  });

  it("leaves the day to another worker's pass that claimed it during the reading", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.19);
    await visit(id, pair, { day: -60, visitors: 1_000, sets: 5, parts: 20, hasImpression: false });
    await on();
    const { db } = opened.deps;
    let first: ReturnType<typeof steer> | undefined;
    const lateDb = new Proxy(db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "$transaction") return value;
        return async (...work: unknown[]) => {
          await (first ??= steer());
          return Reflect.apply(value as typeof db.$transaction, target, work) as unknown;
        };
      },
    });

    const late = await steerShop({ ...opened.deps, db: lateDb }, { shop: SHOP, now: NOW });

    expect((await first!).actions).toMatchObject([{ bundleId: id, action: "price" }]);
    expect(late).toEqual({ skipped: "done_today", actions: [] });
    expect((await read(id)).decisions.filter(({ decidedBy }) => decidedBy === "autopilot")).toHaveLength(1);
  });

  it("expects of an offer made by hand what its new price suggests", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.125);
    await opened.deps.db.bundle.update({ where: { id }, data: { kind: MERCHANT_KIND } });
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { settings: { maxDiscountRatio: 0.11, holdoutRatio: 0 } },
    });
    await visit(id, pair, { day: -60, visitors: 1_000, sets: 5, parts: 20, hasImpression: false });
    await on();
    expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "price" }]);

    const bundle = (await findBundle(opened.deps.db, { shop: SHOP, bundleId: id }))!;
    const request = { shop: SHOP, terms: toOfferTerms(bundle), components: bundle.components, now: NOW };
    const outlook = await readOfferOutlook(opened.deps, request);
    const { value } = outlook.expected!.extraRevenueMinor;
    expect(bundle.expected).toMatchObject({
      extraRevenueMinor: { value: expect.closeTo(value, 6) as number },
    });
  });

  it("restores a price that no form accepts, as in a shop with a former limit of 12.5 %", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30, 0.125);
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { settings: { maxDiscountRatio: 0.11 } },
    });
    await on();
    expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "price" }]);

    const undone = await undoDecision(opened.deps, {
      shop: SHOP,
      bundleId: id,
      decidedBy: "staff",
      now: at(0.5),
    });
    expect(undone).toEqual({ ok: true, value: null });
    expect((await read(id)).discountRatio).toBe(0.125);
  });

  it("leaves the merchant's own price, other collections and excluded products alone", async () => {
    const [frozen, outside] = [
      await publish(opened.variants.slice(0, 2), 30, 0.19),
      await publish(opened.variants.slice(2, 4), 30, 0.19),
    ];
    await opened.deps.db.product.updateMany({
      where: { productGid: { in: opened.variants.slice(0, 2).map(({ productGid }) => productGid) } },
      data: { collectionGids: ["gid://shopify/Collection/1"] },
    });
    await on(["gid://shopify/Collection/1"]);
    const changes = { discountRatio: 0.07 };
    await editBundle(opened.deps, {
      shop: SHOP,
      bundleId: frozen,
      changes,
      decidedBy: "staff",
      now: at(-0.5),
    });
    expect((await steer()).actions).toEqual([]);

    await on([], at(0.1));
    const excludedProductGids = [opened.variants[3]!.productGid];
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { excludedProductGids } } });
    const { actions } = await steer(at(1));
    expect(actions.map(({ bundleId }) => bundleId)).not.toContain(outside);
  });

  it("leaves a price from before it was switched on alone, until it starts again", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    const changes = { discountRatio: 0.19 };
    await editBundle(opened.deps, { shop: SHOP, bundleId: id, changes, decidedBy: "staff", now: at(-10) });
    await on();
    expect((await steer()).actions).toEqual([]);

    // Other collections are no restart.
    await on([], at(0.5));
    expect((await steer(at(1))).actions).toEqual([]);
    expect((await opened.deps.db.autopilot.findUniqueOrThrow({ where: { shop: SHOP } })).onSince).toEqual(
      at(-1),
    );

    await on([], at(1.5), true);
    expect((await steer(at(2))).actions).toMatchObject([{ bundleId: id, action: "price" }]);
  });

  it("leaves an offer made by hand unchanged, until it starts again", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30, 0.19);
    const created = { shop: SHOP, bundleId: id, action: "create", decidedBy: "staff", decidedAt: at(-31) };
    await opened.deps.db.decision.create({ data: created });
    const settings = { maxDiscountRatio: 0.11 };
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    await on();
    expect((await steer()).actions).toEqual([]);
    expect((await read(id)).discountRatio).toBe(0.19);

    await on([], at(0.5), true);
    expect((await steer(at(1))).actions).toMatchObject([{ bundleId: id, action: "price" }]);
  });

  it.each([
    ["not bring an offer back beyond the shop's plan once others took its place", 2, "paused"],
    ["bring an offer back above a smaller plan while its place is kept", 5, "approved"],
  ])("does %s", async (_, daysOfOthers, status) => {
    const held = await publish(opened.variants.slice(0, 2), 30);
    const detail = { from: "published", to: "paused", heldFor: "stock" };
    const pause = { shop: SHOP, bundleId: held, action: "pause", decidedBy: "autopilot", decidedAt: at(-3) };
    await opened.deps.db.decision.create({ data: { ...pause, detail } });
    await opened.deps.db.bundle.update({ where: { id: held }, data: { status: "paused" } });
    const [a, b, c, d] = opened.variants as [StockedVariant, StockedVariant, StockedVariant, StockedVariant];
    const pairs = [
      [a, c],
      [a, d],
      [b, c],
    ];
    for (const pair of pairs) await publish(pair, daysOfOthers);
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt: at(-100) } });
    await on();

    await steer();
    expect((await read(held)).status).toBe(status);

    await opened.deps.db.bundle.deleteMany({ where: { shop: SHOP, id: { not: held } } });
    await steer(at(1));
    expect((await read(held)).status).toBe("approved");
  });

  it("pauses an offer whose margin allows no discount, and brings it back within the limits", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    const setFloor = (settings: { marginFloorRatio: number; maxDiscountRatio: number }) =>
      opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    await setFloor({ marginFloorRatio: 0.5, maxDiscountRatio: 0.3 });
    await on();
    expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "pause", heldFor: "limits" }]);

    await setFloor({ marginFloorRatio: 0.3, maxDiscountRatio: 0.07 });
    expect((await steer(at(1))).actions).toMatchObject([{ bundleId: id, action: "price" }]);
    expect(await read(id)).toMatchObject({ status: "paused" });
    expect((await steer(at(2))).actions).toMatchObject([{ bundleId: id, action: "resume" }]);
    const { status, discountRatio } = await read(id);
    expect([status, discountRatio <= 0.07]).toEqual(["approved", true]);
  });

  it("leaves an offer at full price published if its margin allows no discount", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30, 0);
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { settings: { marginFloorRatio: 0.5 } },
    });
    await on();
    expect((await steer()).actions).toEqual([]);
    expect(await read(id)).toMatchObject({ status: "published", discountRatio: 0 });
  });

  it("counts visitors of any component's page, any variant if shoppers can choose, and whole sets", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30);
    const other = { ...pair[1]!, variantGid: `${pair[1]!.variantGid}0` };
    const { productGid, variantGid } = other;
    await opened.deps.db.variant.create({
      data: { shop: SHOP, productGid, variantGid, title: "Large", priceMinor: 1_000, costMinor: 500 },
    });
    // They view the second product's page, and buy it in another variant.
    await visit(id, [other, pair[0]!], { day: -3, visitors: 20, sets: 8, parts: 4 });
    const count = () => countTrials(id, OF_SET);
    await opened.deps.db.bundle.update({ where: { id }, data: { letsShopperChoose: false } });
    expect(await count()).toMatchObject([{ visitors: 20, sets: 0, parts: 8 }]);
    await opened.deps.db.bundle.update({ where: { id }, data: { letsShopperChoose: true } });
    expect(await count()).toMatchObject([{ visitors: 20, sets: 8, parts: 4, partMarginMinor: 1_600 }]);
    // A set has two units of the first product, and each order has one.
    const first = { bundleId_position: { bundleId: id, position: 0 } };
    await opened.deps.db.bundleComponent.update({ where: first, data: { quantity: 2 } });
    expect(await count()).toMatchObject([{ visitors: 20, sets: 0, parts: 12 }]);
    await opened.deps.db.orderLine.updateMany({
      where: { variantGid: pair[0]!.variantGid },
      data: { quantity: 2 },
    });
    expect(await count()).toMatchObject([{ visitors: 20, sets: 8, parts: 4 }]);
    await opened.deps.db.bundleComponent.update({ where: first, data: { quantity: 1 } });
    const standIns = [{ position: 1, variantGid }];
    await opened.deps.db.bundle.update({ where: { id }, data: { letsShopperChoose: false, standIns } });
    expect(await count()).toMatchObject([{ visitors: 20, sets: 8, parts: 4 }]);
    // Then the second product's page shows no offer.
    await opened.deps.db.bundle.update({ where: { id }, data: { placement: "first" } });
    expect(await count()).toEqual([]);
  });

  it("pauses a loser with the reason in words, and leaves it alone once the merchant resumed it", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30, 0.05);
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { settings: { maxDiscountRatio: 0.05, holdoutRatio: 0 } },
    });
    // As many visitors buy both with the offer as without it.
    await visit(id, pair, { day: -45, visitors: 3_000, sets: 900, parts: 100, hasImpression: false });
    await visit(id, pair, { day: -20, visitors: 3_000, sets: 900, parts: 100 });
    await on();

    const { actions } = await steer();
    expect(actions).toMatchObject([{ bundleId: id, action: "pause", heldFor: "loser" }]);
    expect(await read(id)).toMatchObject({ status: "paused", pausedReason: actions[0]!.reason });
    expect(inEnglish(actions[0]!.reason)).toMatch(
      /^Among 3,000 visitors it very likely earned less than no offer \(\d% that it earns more\)$/,
    );

    const undone = await decideBundle(opened.deps, {
      shop: SHOP,
      bundleId: id,
      decision: "undo",
      decidedBy: "staff",
      now: at(0.5),
    });
    expect(undone).toMatchObject({ ok: true, value: { status: "approved" } });
    expect((await steer(at(1))).actions).toEqual([]);
  });

  it("approves after a winner the best suggestions at their current discount, and none that would lose", async () => {
    const { db } = opened.deps;
    const [first, second, third, fourth] = opened.variants as [
      StockedVariant,
      StockedVariant,
      StockedVariant,
      StockedVariant,
    ];
    const pair = [first, second];
    const winner = await publish(pair, 30, 0.05);
    await visit(winner, pair, { day: -45, visitors: 3_000, sets: 50, parts: 100, hasImpression: false });
    await visit(winner, pair, { day: -20, visitors: 3_000, sets: 900, parts: 100 });
    const propose = async (parts: StockedVariant[], extraMinor: number, discountRatio: number) => {
      const id = await addBundle(opened.deps, parts, { status: "proposed" });
      const validation = { ...supportedProposal(parts).validation };
      const data = { ...reckonedAt(0.1, extraMinor), validation, discountRatio };
      await db.bundle.update({ where: { id }, data });
      return id;
    };
    await propose([first, third], 900, 0.25);
    const least = await propose([first, fourth], 3_000, 0.2);
    const best = await propose([second, third], 2_500, 0.1);
    const less = await propose([second, fourth], 2_400, 0.1);
    await on();
    const approve = async (now: Date) =>
      (await steer(now)).actions.flatMap(({ action, bundleId }) => (action === "approve" ? [bundleId] : []));

    expect(await approve(NOW)).toEqual([best, less]);
    expect(await approve(at(1))).toEqual([least]);
  });

  it("does not pause a new offer if shoppers buy days after their first view", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 2, 0.05);
    const settings = { maxDiscountRatio: 0.05, holdoutRatio: 0 };
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    const later = { buysAfterMinutes: 3 * 24 * 60, hasImpression: false };
    await visit(id, pair, { day: -20, visitors: 3_000, sets: 290, parts: 0, ...later });
    await visit(id, pair, { day: -19, visitors: 1_000, sets: 90, parts: 10, hasImpression: false });
    await visit(id, pair, { day: -1, visitors: 3_000, sets: 120, parts: 0 });
    await on();

    expect(await steer()).toEqual({ skipped: null, actions: [] });
    const times = [
      { fromMs: at(-30).getTime(), toMs: at(-2).getTime(), discountRatio: null },
      { fromMs: at(-2).getTime(), toMs: NOW.getTime(), discountRatio: 0.05 },
    ];
    const trials = await countTrials(id, OF_SET, times);
    // 110 of the 390 orders and 10 prior orders come within a day.
    const ripeVisitors = expect.closeTo((3_000 * 110) / 400, 6) as number;
    const fresh = { discountRatio: 0.05, ageDays: 1, visitors: 3_000, ripeVisitors };
    expect(trials).toMatchObject([
      { ageDays: 19, visitors: 1_000, ripeVisitors: 1_000 },
      { ageDays: 20, visitors: 3_000, ripeVisitors: 3_000 },
      fresh,
    ]);
  });

  it("counts the holdout as without an offer, and nobody on a day without an impression", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 60, 0.2);
    await visit(id, pair, { day: -50, visitors: 2_000, sets: 0, parts: 0, hasImpression: false });
    await visit(id, pair, { day: -10, visitors: 900, sets: 90, parts: 9 });
    await visit(id, pair, {
      day: -10,
      visitors: 300,
      sets: 0,
      parts: 6,
      arm: "holdout",
      hasImpression: false,
    });
    await on();

    // Nobody saw the offer fifty days ago, when it was out of stock. With those visitors it would look like a loser.
    const [action] = (await steer()).actions;
    expect(action?.action ?? "kept").not.toBe("pause");
    expect((await read(id)).status).toBe("published");
  });

  it("pauses an offer whose stock is running out, and resumes it when there is enough", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    const key = stockOf(opened.variants[1]!);
    await saveForecast(opened.variants.slice(1, 2));
    await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity: 6 } });
    await on();

    await steer();
    expect(await read(id)).toMatchObject({
      status: "paused",
      pausedReason: { code: "paused.scarce", values: { product: "Product 2", days: 6 } },
    });
    await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity: 60 } });
    // Pausing everything also stops later resumes.
    await pauseAllBundles(opened.deps, { shop: SHOP, decidedBy: "staff", now: at(0.5) });
    expect(await steer(at(1))).toEqual({ skipped: "off", actions: [] });
    await on([], at(0.9));
    expect((await steer(at(1))).actions).toMatchObject([{ action: "resume" }]);
    expect(await read(id)).toMatchObject({ status: "approved", pausedReason: null });
  });

  it("does not pause an offer for one size out of stock while shoppers can choose another", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30);
    await saveForecast(pair);
    const { productGid, variantGid } = pair[1]!;
    await opened.deps.db.variant.update({ where: stockOf(pair[1]!), data: { inventoryQuantity: 0 } });
    await opened.deps.db.variant.create({
      data: {
        shop: SHOP,
        productGid,
        variantGid: `${variantGid}0`,
        title: "Large",
        priceMinor: 1_000,
        costMinor: 500,
        inventoryQuantity: 60,
      },
    });
    await on();
    await steer();
    expect((await read(id)).status).toBe("published");

    await opened.deps.db.bundle.update({ where: { id }, data: { letsShopperChoose: false } });
    expect((await steer(at(1))).actions).toMatchObject([{ bundleId: id, action: "pause", heldFor: "stock" }]);
  });

  it("resumes an offer with a stand-in product, if the merchant allows it", async () => {
    const [missing, near] = [opened.variants[1]!, opened.variants[2]!];
    const id = await publish(opened.variants.slice(0, 2), 30);
    await saveForecast([missing, near]);
    const track = async ({ productGid, ...variant }: StockedVariant, inventoryQuantity: number) => {
      const data = { productType: "Soap" };
      await opened.deps.db.product.updateMany({ where: { shop: SHOP, productGid }, data });
      await opened.deps.db.variant.update({
        where: stockOf({ productGid, ...variant }),
        data: { inventoryQuantity },
      });
    };
    await track(missing, 6);
    await track(near, 60);
    const allow = (allowsStandIns: boolean) =>
      opened.deps.db.publication.upsert({
        where: { shop: SHOP },
        create: { shop: SHOP, allowsStandIns },
        update: { allowsStandIns },
      });
    await allow(true);
    await on();
    expect((await steer()).actions).toMatchObject([{ bundleId: id, action: "pause", heldFor: "stock" }]);

    await track(missing, 0);
    await allow(false);
    expect((await steer(at(1))).actions).toEqual([]);
    await allow(true);
    expect((await steer(at(2))).actions).toMatchObject([
      {
        bundleId: id,
        action: "resume",
        reason: { code: "steered.enough", values: { product: "Product 3" } },
      },
    ]);
    await track(near, 7);
    expect((await steer(at(3))).actions).toMatchObject([
      { action: "pause", reason: { code: "paused.scarce", values: { product: "Product 3", days: 7 } } },
    ]);
  });

  it("does not resume an offer whose last day passed during the pause", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    const key = stockOf(opened.variants[1]!);
    await saveForecast(opened.variants.slice(1, 2));
    await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity: 6 } });
    await on();
    await steer();
    await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity: 60 } });
    await opened.deps.db.bundle.update({ where: { id }, data: { endsAt: at(0.5) } });

    expect((await steer(at(1))).actions).toEqual([]);
    expect((await read(id)).status).toBe("paused");
  });

  it.each([
    ["without a forecast", 0, 1, null],
    ["of which no order is expected", 0, 1, 0],
    ["sold beyond what is there", -3, 1, 28],
    ["with fewer left than a set takes", 1, 2, null],
  ])(
    "keeps an offer of an unavailable product paused, %s",
    async (_, inventoryQuantity, quantity, ordersExpected) => {
      const pair = opened.variants.slice(0, 2);
      const id = await publish(pair, 30);
      await opened.deps.db.bundleComponent.updateMany({
        where: { bundleId: id, position: 1 },
        data: { quantity },
      });
      const key = stockOf(pair[1]!);
      await saveForecast(pair);
      await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity: 6 } });
      await on();
      expect((await steer()).actions).toMatchObject([{ action: "pause", heldFor: "stock" }]);

      await opened.deps.db.variant.update({ where: key, data: { inventoryQuantity } });
      await saveForecast(ordersExpected === null ? [] : pair, { ordersExpected: ordersExpected ?? 0 });
      expect((await steer(at(1))).actions).toEqual([]);
      expect((await read(id)).status).toBe("paused");
    },
  );

  it("ignores the season of a forecast whose windows all end before today", async () => {
    const id = await publish(opened.variants.slice(0, 2), 30);
    await opened.deps.db.bundle.update({ where: { id }, data: { kind: "seasonal" } });
    // The forecast's own window is over, and the later ones are unknown.
    await saveForecast(opened.variants.slice(0, 2), {
      daysAgo: 42,
      seasonIndex: 0.6,
      seasonAhead: [0.7, null],
    });
    await on();
    await steer();
    expect((await read(id)).status).toBe("published");

    await saveForecast(opened.variants.slice(0, 2), {
      daysAgo: 140,
      seasonIndex: 0.6,
      seasonAhead: SEASON_RISES,
    });
    await steer(at(1));
    expect((await read(id)).status).toBe("published");
  });

  it("reads the start and the end of a season from an older forecast", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30);
    await opened.deps.db.bundle.update({ where: { id }, data: { kind: "seasonal", startsAt: at(-0.5) } });
    await saveForecast(pair, { daysAgo: 42, seasonIndex: 0.6, seasonAhead: SEASON_RISES });
    await on();
    await steer();
    expect((await read(id)).status).toBe("published");

    expect((await steer(at(41))).actions).toMatchObject([
      { bundleId: id, action: "pause", heldFor: "season" },
    ]);
  });

  it("measures stock against today's season, not that of an older forecast", async () => {
    const pair = opened.variants.slice(0, 2);
    const id = await publish(pair, 30);
    // One per day in the forecast's own window; today √4 times as many by the trusted half of the curve.
    await saveForecast(pair, { daysAgo: 42, seasonIndex: 0.6, seasonAhead: [0.6, 1, 2.4, 2.4, 1, 0.7] });
    await opened.deps.db.variant.update({
      where: stockOf(pair[0]!),
      data: { inventoryQuantity: 20 },
    });
    await on();

    await steer();
    expect((await read(id)).pausedReason).toEqual({
      code: "paused.scarce",
      values: { product: "Product 1", days: 10 },
    });
  });
});
