import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { decideBundle, termsVersionOf } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { readNewOffer } from "#app/pages/bundle/read-terms-draft.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { openJobQueue, REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();
let queue: Queue;
let variants: StockedVariant[];
let bundleId: string;
let atMs = Date.parse("2026-11-24T12:00:00Z");

beforeAll(async () => {
  queue = new Queue("publish", { connection: { url: deps.redisUrl }, prefix: REDIS_PREFIX });
});
afterAll(() => queue.close());
afterEach(() => vi.useRealTimers());
beforeEach(async () => {
  await emptyBundleShop(deps);
  await queue.obliterate({ force: true });
  ({ variants } = await openBundleShop(deps));
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
});

const later = () => new Date((atMs += 10_000));
const decide = (decision: BundleDecision, shop = SHOP) =>
  decideBundle(deps, { shop, bundleId, decision, decidedBy: "staff-1", now: later() });
const edit = (changes: Record<string, unknown>) =>
  editBundle(deps, { shop: SHOP, bundleId, changes, decidedBy: "staff-1", now: later() });
const status = async () =>
  toBundleStatus((await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } })).status);

describe("deciding on a bundle", () => {
  it("finds no bundle of another shop", async () => {
    expect(await decide("approve", "other.myshopify.com")).toMatchObject({ ok: false, reason: "not_found" });
    expect(await status()).toBe("proposed");
  });

  it("refuses what is not possible now, and logs nothing", async () => {
    expect(await decide("resume")).toMatchObject({ ok: false, reason: "not_possible" });
    expect(await deps.db.decision.count()).toBe(0);
    expect(await queue.count()).toBe(0);
  });

  it("logs who decided what, when and on which evidence, and asks for publishing", async () => {
    expect(await decide("approve")).toEqual({ ok: true, value: { status: "approved" } });

    const [row] = await deps.db.decision.findMany();
    expect(row).toMatchObject({ decidedBy: "staff-1", action: "approve", decidedAt: new Date(atMs) });
    expect(row!.detail).toMatchObject({
      from: "proposed",
      to: "approved",
      evidence: [{ values: { text: "12 of 100 orders held both." } }],
    });
    expect(await queue.getJobs(["delayed"])).toMatchObject([
      { name: "publish.reconcile", data: { shop: SHOP } },
    ]);
  });

  it("gives the plan's last place to only one of several simultaneous decisions", async () => {
    await deps.db.shop.update({
      where: { shop: SHOP },
      data: { installedAt: new Date("2026-01-01T00:00:00Z") },
    });
    const [a, b, c, d] = variants as [StockedVariant, StockedVariant, StockedVariant, StockedVariant];
    for (const pair of [
      [a, c],
      [a, d],
    ])
      await addBundle(deps, pair, { status: "published" });
    const rivals = [
      bundleId,
      ...(await Promise.all(
        [
          [b, c],
          [b, d],
          [c, d],
        ].map((pair) => addBundle(deps, pair, { status: "proposed" })),
      )),
    ];

    const decided = await Promise.all(
      rivals.map((id) =>
        decideBundle(deps, {
          shop: SHOP,
          bundleId: id,
          decision: "approve",
          decidedBy: "staff-1",
          now: later(),
        }),
      ),
    );

    expect(decided.filter(({ ok }) => ok)).toHaveLength(1);
    expect(decided.filter((each) => !each.ok && each.reason === "plan_is_full")).toHaveLength(3);
  });

  it("is saved even if Redis is down", async () => {
    const jobs = openJobQueue(`redis://127.0.0.1:${await findFreePort()}`);

    const decided = await decideBundle(
      { ...deps, jobs },
      { shop: SHOP, bundleId, decision: "approve", decidedBy: "me", now: later() },
    );

    expect(decided).toEqual({ ok: true, value: { status: "approved" } });
    expect(await status()).toBe("approved");
    await jobs.close();
  });

  it("puts decisions within one second into one publishing job, and later ones into another", async () => {
    const secondMs = Math.floor(Date.now() / 1_000) * 1_000;
    vi.useFakeTimers({ toFake: ["Date"], now: secondMs });
    const request = { shop: SHOP, bundleId, decidedBy: "me", now: later() };
    await decideBundle(deps, { ...request, decision: "approve" });
    vi.setSystemTime(secondMs + 999);
    await decideBundle(deps, { ...request, decision: "pause" });
    expect(await queue.getJobs(["delayed"])).toHaveLength(1);

    vi.setSystemTime(secondMs + 1_000);
    await decideBundle(deps, { ...request, decision: "resume" });
    expect(await queue.getJobs(["delayed"])).toHaveLength(2);
  });

  it.each<[BundleDecision, BundleDecision, BundleStatus, boolean]>([
    ["reject", "approve", "proposed", true],
    ["approve", "approve", "proposed", false],
    ["undo", "reject", "approved", false],
  ])(
    "refuses %s after an unseen %s, and says who decided and when",
    async (second, first, seenStatus, isStillPossible) => {
      const by = { shop: SHOP, bundleId };
      const decidedAt = later();
      await decideBundle(deps, { ...by, decision: first, decidedBy: "staff-2", now: decidedAt });
      const before = await status();

      const stale = { ...by, decision: second, decidedBy: "staff-1" };
      expect(await decideBundle(deps, { ...stale, seenStatus, now: later() })).toMatchObject({
        ok: false,
        reason: "decision_conflict",
        conflict: { action: first, decidedBy: "staff-2", decidedAt, status: before, isStillPossible },
      });
      expect([await status(), await deps.db.decision.count()]).toEqual([before, 1]);

      const knowing = await decideBundle(deps, { ...stale, seenStatus: before, now: later() });
      expect(knowing.ok).toBe(isStillPossible || second === "undo");
    },
  );

  it("treats an approved bundle like the published one that it has become", async () => {
    await decide("approve");
    await deps.db.bundle.update({ where: { id: bundleId }, data: { status: "published" } });
    const by = { shop: SHOP, bundleId, decidedBy: "staff-1", now: later() };
    expect(await decideBundle(deps, { ...by, decision: "pause", seenStatus: "approved" })).toMatchObject({
      ok: true,
    });
  });

  it("publishes only the terms that were read", async () => {
    const readVersion = async () => termsVersionOf((await findBundle(deps.db, { shop: SHOP, bundleId }))!);
    const by = { shop: SHOP, bundleId, decidedBy: "staff-1" };
    const seenTerms = await readVersion();
    await edit({ note: "Ask the supplier first" });
    const move = (from: number, to: number) =>
      deps.db.bundleComponent.updateMany({ where: { bundleId, position: from }, data: { position: to } });
    for (const [from, to] of [[0, 9], [1, 0], [9, 1]] as const) await move(from, to); // prettier-ignore
    expect(await readVersion()).toBe(seenTerms);
    await edit({ discountRatio: 0.4 });
    const approve = (seen: string) =>
      decideBundle(deps, { ...by, decision: "approve", seenTerms: seen, now: later() });
    expect(await approve(seenTerms)).toMatchObject({ ok: false, reason: "terms_changed" });
    expect(await status()).toBe("proposed");
    expect(await approve(await readVersion())).toMatchObject({ ok: true });
  });

  it("lets no discount of a run go live above the highest of today, unless a person chose it", async () => {
    await saveSettings(deps, { shop: SHOP, changes: { maxDiscountRatio: 0.08 }, now: later() });
    expect(await decide("approve")).toMatchObject({ ok: false, reason: "over_limit" });
    expect(await status()).toBe("proposed");
    await edit({ note: "Ask the supplier first" });
    expect(await decide("approve")).toMatchObject({ ok: false, reason: "over_limit" });
    await edit({ discountRatio: 0.09 });
    expect(await decide("approve")).toMatchObject({ ok: true });
  });

  it("lets no discount of a run go live below the lowest margin of today, unless a person chose it", async () => {
    // 10 % off leaves 400 of 900, 44 %.
    await saveSettings(deps, { shop: SHOP, changes: { marginFloorRatio: 0.45 }, now: later() });
    expect(await decide("approve")).toMatchObject({ ok: false, reason: "below_floor" });
    expect(await status()).toBe("proposed");
    await edit({ discountRatio: 0.12 });
    expect(await decide("approve")).toMatchObject({ ok: true });
  });

  it("holds a run's pool to the lowest margin for every product that a shopper can choose", async () => {
    const terms = {
      kind: "range",
      units: 2,
      allowsRepeats: true,
      reward: { type: "percent", basisPoints: 1_000 },
    };
    await deps.db.bundle.update({ where: { id: bundleId }, data: { terms } });
    const { variantGid } = variants[1]!;
    const costNow = (costMinor: number) =>
      deps.db.variant.updateMany({ where: { variantGid }, data: { costMinor } });

    // Two of it at 10 % off would be sold at a loss of 100; two of the first leave 400 of 900 each.
    await costNow(950);
    expect(await decide("approve")).toMatchObject({ ok: false, reason: "below_floor" });
    await costNow(500);
    expect(await decide("approve")).toMatchObject({ ok: true });
  });

  it("lets an offer at full price go live whatever its products leave", async () => {
    await saveSettings(deps, { shop: SHOP, changes: { marginFloorRatio: 0.9 }, now: later() });
    await deps.db.bundle.update({ where: { id: bundleId }, data: { discountRatio: 0 } });
    expect(await decide("approve")).toMatchObject({ ok: true });
  });

  it("gives a paused offer its place back in a full plan until another offer takes the place", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt: new Date("2026-01-01") } });
    const [a, b, c, d] = variants as [StockedVariant, StockedVariant, StockedVariant, StockedVariant];
    const approvedAt = new Date("2026-01-02");
    const live: string[] = [];
    for (const pair of [
      [a, c],
      [a, d],
      [b, c],
      [b, d],
      [c, d],
    ])
      live.push(await addBundle(deps, pair, { status: "published", approvedAt }));
    const decideOne = (id: string, decision: BundleDecision) =>
      decideBundle(deps, { shop: SHOP, bundleId: id, decision, decidedBy: "staff-1", now: later() });
    const [first, second, third] = live as [string, string, string];
    for (const id of [first, second]) expect(await decideOne(id, "pause")).toMatchObject({ ok: true });

    expect(await decide("approve")).toMatchObject({ ok: false, reason: "plan_is_full" });
    expect(await decideOne(first, "undo")).toMatchObject({ ok: true });
    expect(await decideOne(second, "resume")).toMatchObject({ ok: true });

    for (const id of [first, second, third]) expect(await decideOne(id, "pause")).toMatchObject({ ok: true });
    expect(await decide("approve")).toMatchObject({ ok: true });
    for (const [id, decision] of [
      [first, "undo"],
      [second, "resume"],
    ] as const)
      expect(await decideOne(id, decision)).toMatchObject({ ok: false, reason: "plan_is_full" });
  });

  it("brings back an ended offer once its last day is not in the past", async () => {
    const endsAt = new Date("2026-11-01T00:00:00Z");
    const pausedReason = { code: "paused.over", values: {} };
    await deps.db.bundle.update({
      where: { id: bundleId },
      data: { status: "retired", pausedReason, endsAt },
    });
    expect(await decide("approve")).toMatchObject({ ok: false, reason: "last_day_over" });
    expect(await edit({ endsAt: null })).toMatchObject({ ok: true });
    expect(await decide("approve")).toMatchObject({ ok: true, value: { status: "approved" } });
    expect(await deps.db.bundle.findUnique({ where: { id: bundleId } })).toMatchObject({
      pausedReason: null,
    });
    expect(await decide("undo")).toMatchObject({ ok: true, value: { status: "retired" } });
  });

  it("is taken back by undo, once", async () => {
    await decide("reject");

    expect(await decide("undo")).toMatchObject({ ok: true, value: { status: "proposed" } });
    expect(await decide("undo")).toMatchObject({ ok: false });
    expect(await status()).toBe("proposed");
  });

  it("lets one of two simultaneous decisions win, and keeps the log consistent", async () => {
    const outcomes = await Promise.all([decide("approve"), decide("reject"), decide("approve")]);

    const log = await deps.db.decision.findMany({ orderBy: { decidedAt: "asc" } });
    expect(log).toHaveLength(outcomes.filter(({ ok }) => ok).length);
    const moves = log.map(({ detail }) => detail as { from: string; to: string });
    expect(moves.some(({ to }) => to === undefined)).toBe(false);
    expect(moves.filter(({ from }) => from === "proposed")).toHaveLength(1);
  });
});

describe("editing a bundle", () => {
  it("names the invalid fields and changes nothing", async () => {
    const refused = await edit({ title: "", discountRatio: 0.95 });

    expect(refused).toMatchObject({
      ok: false,
      reason: "invalid",
      problems: [{ field: "title" }, { field: "discountRatio" }],
    });
    expect(await edit({ quantities: [1, 1, 1] })).toMatchObject({
      ok: false,
      problems: [{ field: "quantities" }],
    });
    expect(await edit({ endsAt: "2020-01-01" })).toMatchObject({
      ok: false,
      problems: [{ field: "endsAt" }],
    });
    expect(await deps.db.decision.count()).toBe(0);
  });

  it("reads typed amounts in the shop's current currency, and keeps the old currency of other amounts", async () => {
    const read = () => deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    const toOff = (amountMinor: number) => ({ kind: "set", reward: { type: "amount", amountMinor } });
    await edit({ terms: toOff(500) });
    await deps.db.shop.update({ where: { shop: SHOP }, data: { currency: "JPY" } });
    await edit({ title: "Tea for two" });
    expect(await read()).toMatchObject({ currency: "USD", terms: toOff(500) });
    const { draft } = await readNewOffer(deps, { shop: SHOP, from: bundleId, productGid: null });
    expect(draft.offer.rewardValue).toBe("5.00");
    await edit({ terms: toOff(600) });
    expect(await read()).toMatchObject({ currency: "JPY", terms: toOff(600) });
    await deps.db.shop.update({ where: { shop: SHOP }, data: { currency: "USD" } });
  });

  it("reads the same amount typed again in the shop's current currency, at current prices", async () => {
    const off = { kind: "set", reward: { type: "amount", amountMinor: 500 } };
    await edit({ terms: off });
    await deps.db.shop.update({ where: { shop: SHOP }, data: { currency: "EUR" } });
    await deps.db.variant.updateMany({ data: { priceMinor: 2_500 } });
    await edit({ terms: off });
    const bundle = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    expect(bundle).toMatchObject({ currency: "EUR", terms: off, discountRatio: 0.1 });
  });

  it("refuses units that make it a copy of an existing bundle in any state", async () => {
    const [anchor, other] = variants as [StockedVariant, StockedVariant];
    const twin = await addBundle(deps, [anchor, other], { status: "retired", componentKey: "other units" });
    const twins = { shop: SHOP, bundleId: twin, decidedBy: "staff-1", now: later() };
    expect(await editBundle(deps, { ...twins, changes: { quantities: [1, 2] } })).toMatchObject({ ok: true });
    const logged = await deps.db.decision.count();

    expect(await edit({ title: "Tea for two", quantities: [1, 2] })).toMatchObject({
      ok: false,
      reason: "invalid",
      problems: [{ field: "components", code: "combinationExists" }],
    });
    const row = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    expect(row.title).toBe("Product 1 + Product 2");
    expect(await deps.db.decision.count()).toBe(logged);
  });

  it("lets one of two people win who make two bundles equal at once, and names the twin to the other", async () => {
    const other = await addBundle(deps, variants.slice(0, 2), { componentKey: "other units" });
    const change = { shop: SHOP, changes: { quantities: [1, 2] }, decidedBy: "staff-1" };
    const edits = await Promise.all(
      [bundleId, other].map((id) => editBundle(deps, { ...change, bundleId: id, now: later() })),
    );
    expect(edits.filter(({ ok }) => ok)).toHaveLength(1);
    expect(edits).toContainEqual({
      ok: false,
      reason: "invalid",
      problems: [{ field: "components", code: "combinationExists" }],
      twin: expect.objectContaining({ title: "Product 1 + Product 2" }),
    });
  });

  it("refuses an edit after an unseen one with its author and time, unless it changes other fields", async () => {
    const readNewest = async () =>
      (await findBundle(deps.db, { shop: SHOP, bundleId }))!.decisions[0]?.id ?? "";
    const read = () => deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    const seenNewest = await readNewest();
    const other = { shop: SHOP, bundleId, decidedBy: "staff-2", now: later() };
    await editBundle(deps, { ...other, changes: { discountRatio: 0.2, title: "Theirs" } });
    const editSeen = (seen: string, changes: Record<string, unknown>) =>
      editBundle(deps, { ...other, decidedBy: "staff-1", now: later(), seenNewest: seen, changes });

    const refused = {
      ok: false,
      reason: "decision_conflict",
      conflict: { action: "edit", decidedBy: "staff-2", decidedAt: other.now, isStillPossible: true },
    };
    expect(await editSeen(seenNewest, { title: "Mine" })).toMatchObject(refused);
    // Units and price are one offer: a price for one unit of each is not meant for two.
    expect(await editSeen(seenNewest, { quantities: [1, 2] })).toMatchObject(refused);
    expect([await read(), await deps.db.decision.count()]).toMatchObject([
      { title: "Theirs", discountRatio: 0.2 },
      1,
    ]);
    expect(await editSeen(seenNewest, { note: "Sold well" })).toMatchObject({ ok: true });
    expect(await editSeen(await readNewest(), { title: "Mine" })).toMatchObject({ ok: true });
    expect(await read()).toMatchObject({ title: "Mine", discountRatio: 0.2, note: "Sold well" });
  });

  it("orders edits by the time of saving, whatever the clocks say", async () => {
    const [early, late] = [later(), later()];
    const editAt = (now: Date, title: string, seen?: string) => {
      const changes = { title };
      return editBundle(deps, { shop: SHOP, bundleId, decidedBy: "staff-2", now, seenNewest: seen, changes });
    };
    const readLog = async () => (await findBundle(deps.db, { shop: SHOP, bundleId }))!.decisions;
    await editAt(late, "Seen");
    const [seen] = await readLog();
    for (const title of ["Not seen", "Nor this"]) await editAt(early, title);

    const titles = (await readLog()).map(({ detail }) => detail);
    expect(titles).toMatchObject(["Nor this", "Not seen", "Seen"].map((title) => ({ changes: { title } })));
    expect(await editAt(later(), "Mine", seen!.id)).toMatchObject({ reason: "decision_conflict" });
  });

  it("changes terms and quantities, warns about the margin, and logs the earlier values", async () => {
    const edited = await edit({ discountRatio: 0.5, quantities: [1, 2], title: "Tea for two" });

    expect(edited).toMatchObject({ ok: true });
    expect(edited.ok && edited.value.warnings.map(({ field }) => field)).toEqual([
      "discountRatio",
      "discountRatio",
    ]);
    const row = await deps.db.bundle.findUniqueOrThrow({
      where: { id: bundleId },
      include: { components: { orderBy: { position: "asc" } } },
    });
    expect(row).toMatchObject({ title: "Tea for two", discountRatio: 0.5, status: "proposed" });
    expect(row.components.map(({ quantity }) => quantity)).toEqual([1, 2]);
    const [logged] = await deps.db.decision.findMany();
    expect(logged!.detail).toMatchObject({ before: { discountRatio: 0.1, quantities: [1, 1] } });
  });

  it("keeps a run's findings after a change of terms, and drops them after a change of units", async () => {
    const found = { expected: { found: 1 }, validation: { found: 1 }, expectedExtraMarginMinor: 500 };
    await deps.db.bundle.update({ where: { id: bundleId }, data: found });
    const read = () => deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    const { evidence } = await read();

    await edit({ discountRatio: 0.15, quantities: [1, 1] });
    expect(await read()).toMatchObject({ ...found, evidence, expectedExtraMarginMinor: 500n });
    await edit({ quantities: [3, 1] });
    expect(await read()).toMatchObject({
      expected: {},
      validation: {},
      expectedExtraMarginMinor: 0n,
      evidence: [{ code: "chosenByHand" }],
    });
  });

  it("allows any change but the last day after the last day", async () => {
    const endsAt = new Date("2026-11-01T00:00:00Z");
    await deps.db.bundle.update({ where: { id: bundleId }, data: { endsAt } });

    expect(await edit({ endsAt: "2026-11-02" })).toMatchObject({
      ok: false,
      problems: [{ field: "endsAt" }],
    });
    expect(await edit({ startsAt: "2026-12-01" })).toMatchObject({
      ok: false,
      problems: [{ field: "endsAt" }],
    });
    expect(await edit({ note: "Sold well" })).toMatchObject({ ok: true });
    const row = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    expect(row).toMatchObject({ note: "Sold well", endsAt });
  });

  it("does not prevent an undo of the decision before it", async () => {
    await decide("approve");
    await edit({ discountRatio: 0.15 });

    expect(await decide("undo")).toMatchObject({ ok: true, value: { status: "proposed" } });
  });
});

describe("saving settings", () => {
  const save = (changes: Record<string, unknown>) =>
    saveSettings(deps, { shop: SHOP, changes, now: later() });

  it("refuses a value out of its range and an unknown field", async () => {
    expect(await save({ holdoutRatio: 0.9 })).toMatchObject({
      ok: false,
      fields: ["holdoutRatio"],
    });
    expect(await save({ holdout: 0.1 })).toMatchObject({ ok: false });
    const { settings } = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(settings).toEqual({});
  });

  it("changes the given values, keeps the rest and passes them to the storefront", async () => {
    await save({ holdoutRatio: 0.2 });
    await queue.obliterate({ force: true });

    expect(await save({ maxDiscountRatio: 0.3 })).toMatchObject({
      ok: true,
      value: {
        settings: { holdoutRatio: 0.2, maxDiscountRatio: 0.3, marginFloorRatio: 0.15 },
        changedFields: ["maxDiscountRatio"],
      },
    });
    expect(await queue.count()).toBe(1);
  });
});
