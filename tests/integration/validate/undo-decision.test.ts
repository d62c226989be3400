import { beforeEach, describe, expect, it } from "vitest";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = { ...(await openTestDeps()), jobs: fakeQueue() };
let variants: StockedVariant[];
let bundleId: string;
let atMs = Date.parse("2026-11-24T12:00:00Z");

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps));
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
});

const by = (decidedBy: string) => ({ shop: SHOP, bundleId, decidedBy, now: new Date((atMs += 10_000)) });
const read = async () => (await findBundle(deps.db, { shop: SHOP, bundleId }))!;

/** Undoes the newest decision while a colleague acts between reading the history and taking the lock. */
async function undoBeside(act: () => Promise<unknown>) {
  const seenNewest = (await read()).decisions[0]!.id;
  let hasActed = false;
  const db = new Proxy(deps.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "$transaction" || hasActed) return value;
      return async (...work: unknown[]) => {
        hasActed = true;
        await act();
        return Reflect.apply(value as typeof target.$transaction, target, work) as unknown;
      };
    },
  });
  return undoDecision({ ...deps, db }, { ...by("staff-1"), seenNewest });
}

describe("an undo during a colleague's action", () => {
  it("does not take back the colleague's decision, and names the colleague", async () => {
    await decideBundle(deps, { ...by("staff-1"), decision: "approve" });
    const undone = await undoBeside(() => decideBundle(deps, { ...by("staff-2"), decision: "pause" }));
    const conflict = { action: "pause", decidedBy: "staff-2", isStillPossible: false };
    expect(undone).toMatchObject({ ok: false, reason: "decision_conflict", conflict });
    expect((await read()).status).toBe("paused");
  });

  it("keeps the colleague's price that replaced the autopilot's", async () => {
    await decideBundle(deps, { ...by("staff-1"), decision: "approve" });
    await editBundle(deps, { ...by("autopilot"), changes: { discountRatio: 0.2 } });
    const undone = await undoBeside(() =>
      editBundle(deps, { ...by("staff-2"), changes: { discountRatio: 0.15 } }),
    );
    const conflict = { action: "edit", decidedBy: "staff-2", isStillPossible: false };
    expect(undone).toMatchObject({ ok: false, reason: "decision_conflict", conflict });
    expect((await read()).discountRatio).toBe(0.15);
  });
});

describe("an undo after the merchant's own edit", () => {
  it("keeps the offer on sale, instead of taking back the approval before the edit", async () => {
    await decideBundle(deps, { ...by("staff-1"), decision: "approve" });
    await editBundle(deps, { ...by("staff-1"), changes: { discountRatio: 0.15 } });
    const undone = await undoDecision(deps, by("staff-1"));
    expect(undone).toEqual({ ok: false, reason: "nothing_to_undo" });
    expect((await read()).status).toBe("approved");
  });
});
