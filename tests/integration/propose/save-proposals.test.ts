import { beforeEach, describe, expect, it, vi } from "vitest";
import { saveProposals, type SupportedProposal } from "#app/data/bundles/proposals.server.ts";
import { componentKeyOf } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { openWords } from "#app/locales/words.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { prepareRun } from "#app/services/prepare/prepare-run.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { supportedProposal } from "#tests/factories/supported-proposal.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const NOW = new Date("2026-11-24T12:00:00Z");

const opened = await openBundleShopEachTest();
let bundleId: string;
let runId: string;

beforeEach(async () => {
  bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "proposed" });
  ({ id: runId } = await opened.deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW } }));
});

/** The proposal that the run now makes for the bundle above. */
async function proposal(): Promise<SupportedProposal> {
  const { componentKey } = await findBundle();
  return supportedProposal(opened.variants.slice(0, 2), { componentKey });
}

const findBundle = () =>
  opened.deps.db.bundle.findUniqueOrThrow({
    where: { id: bundleId },
    include: { components: { orderBy: { position: "asc" } } },
  });
const save = (proposals: readonly SupportedProposal[]) =>
  opened.deps.db.$transaction((tx) => saveProposals(tx, { shop: SHOP, runId }, proposals, NOW));

/** The bundle's components as product number and units. */
const compose = (...parts: [at: number, quantity: number][]) => ({
  components: parts.map(([at, quantity]) => ({ variantGid: opened.variants[at]!.variantGid, quantity })),
});

async function edit(changes: Record<string, unknown>): Promise<void> {
  const edited = await editBundle(opened.deps, {
    shop: SHOP,
    bundleId,
    changes,
    decidedBy: "staff-1",
    now: NOW,
  });
  expect(edited).toMatchObject({ ok: true });
}

/** Saves while the merchant's earlier change is not yet committed. */
async function saveDuring(action: string, change: string, proposals: readonly SupportedProposal[]) {
  const merchant = await opened.deps.pool.connect();
  try {
    await merchant.query("BEGIN");
    await merchant.query(`UPDATE "Bundle" SET ${change} WHERE id = $1`, [bundleId]);
    await merchant.query(
      `INSERT INTO "Decision" (id, shop, "bundleId", "decidedBy", action)
       VALUES (gen_random_uuid(), $1, $2, 'staff-1', $3)`,
      [SHOP, bundleId, action],
    );
    const saving = save(proposals);
    const countWaiting = async () => {
      const { rows } = await opened.deps.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length;
    };
    await expect.poll(countWaiting).toBe(1);
    await merchant.query("COMMIT");
    return await saving;
  } finally {
    merchant.release();
  }
}

describe("saving a run's proposals", () => {
  it.each([
    ["approved", "approve"],
    ["rejected", "reject"],
  ])("leaves a bundle %s that was decided that way in the meantime", async (status, action) => {
    const tally = await saveDuring(action, `status = '${status}'`, [await proposal()]);
    expect(tally).toMatchObject({ renewed: 0, refreshed: 1 });

    expect(await findBundle()).toMatchObject({ status, discountRatio: 0.1, expectedExtraMarginMinor: 500n });
  });

  it("adds no copy of an offer that the merchant creates at the same moment", async () => {
    const pair = opened.variants.slice(2, 4);
    const components = pair.map(({ variantGid }) => ({ variantGid, quantity: "1" }));
    const componentKey = componentKeyOf(components.map(({ variantGid: key }) => ({ key, quantity: 1 })));
    const offer = { kind: "set", rewardType: "percent", rewardValue: "10" };
    const made = createOffer(opened.deps, {
      shop: SHOP,
      graphql: () => Promise.reject(new Error("nothing is to be asked for")),
      typed: { title: "Mine", offer, components },
      publishes: false,
      decidedBy: "staff-1",
      now: NOW,
      words: openWords("en"),
    });
    const [tally, created] = await Promise.all([save([supportedProposal(pair, { componentKey })]), made]);
    expect(await opened.deps.db.bundle.findMany({ where: { componentKey } })).toHaveLength(1);
    expect([created.ok, tally.added]).toEqual([tally.added === 0, created.ok ? 0 : 1]);
  });

  it("gives a bundle the days of an upcoming season, and removes them when a run finds none", async () => {
    const days = { startsAt: new Date("2027-11-01"), endsAt: new Date("2027-12-24") };
    await save([{ ...(await proposal()), kind: "seasonal", ...days }]);
    expect(await findBundle()).toMatchObject(days);
    await save([await proposal()]);
    expect(await findBundle()).toMatchObject({ startsAt: null, endsAt: null });
  });

  it("does not withdraw a bundle that is approved in the meantime", async () => {
    expect(await saveDuring("approve", "status = 'approved'", [])).toMatchObject({ withdrawn: 0 });

    expect(await findBundle()).toMatchObject({ status: "approved" });
    expect(await opened.deps.db.decision.count({ where: { action: "retire" } })).toBe(0);
  });

  it("keeps the title of a bundle that is edited in the meantime", async () => {
    await saveDuring("edit", "title = 'Mine'", [await proposal()]);

    expect(await findBundle()).toMatchObject({ title: "Mine", expectedExtraMarginMinor: 500n });
  });

  it("proposes a retired bundle without its old days, so that approving it lasts", async () => {
    const startsAt = new Date("2025-12-01T00:00:00Z");
    const endsAt = new Date("2025-12-24T00:00:00Z");
    await opened.deps.db.bundle.update({
      where: { id: bundleId },
      data: { status: "retired", pausedReason: { code: "paused.over", values: {} }, startsAt, endsAt },
    });

    await save([await proposal()]);

    expect(await findBundle()).toMatchObject({
      status: "proposed",
      pausedReason: null,
      startsAt: null,
      endsAt: null,
    });
  });

  it("keeps the merchant's changes to an undecided bundle, and updates its evidence", async () => {
    const endsAt = new Date("2026-12-24T00:00:00Z");
    const changes = { title: "Mine", discountRatio: 0.2, quantities: [2, 1], endsAt };
    await edit(changes);

    expect(await save([await proposal()])).toMatchObject({ renewed: 1 });

    const bundle = await findBundle();
    expect(bundle).toMatchObject({ title: "Mine", discountRatio: 0.2, endsAt, status: "proposed", runId });
    expect(bundle.components.map(({ quantity }) => quantity)).toEqual([2, 1]);
    expect(bundle.evidence).toMatchObject([{ kind: "orders", value: 30 }]);
  });

  it("does not take a note on an undecided bundle as a change of its terms", async () => {
    const changes = { note: "Ask the supplier first" };
    await editBundle(opened.deps, { shop: SHOP, bundleId, changes, decidedBy: "staff-1", now: NOW });

    await save([await proposal()]);

    expect(await findBundle()).toMatchObject({ ...changes, title: "Of the run", discountRatio: 0.05 });
  });

  it("gives an undecided bundle the run's terms, and changes nothing the second time", async () => {
    expect(await save([await proposal()])).toMatchObject({ added: 0, renewed: 1 });
    const first = await findBundle();
    await save([await proposal()]);

    const second = await findBundle();
    expect(second).toEqual({ ...first, updatedAt: second.updatedAt });
    expect(second).toMatchObject({ title: "Of the run", discountRatio: 0.05 });
    expect(second.components.map(({ priceMinor }) => priceMinor)).toEqual([1_100n, 1_100n]);
  });

  it.each<[string, () => { components: { variantGid: string; quantity: number }[] }]>([
    ["with other products", () => compose([0, 1], [2, 1])],
    ["of other units", () => compose([0, 2], [1, 1])],
  ])(
    "leaves a bundle that the merchant composed %s to the merchant, whatever later runs find",
    async (_, to) => {
      const ofTheRun = await proposal();
      await edit(to());
      const composed = await findBundle();

      expect(await save([])).toMatchObject({ withdrawn: 0 });
      expect(await save([ofTheRun])).toMatchObject({ added: 1, renewed: 0, withdrawn: 0 });
      expect(await findBundle()).toEqual(composed);
      expect(await opened.deps.db.decision.count({ where: { action: "retire" } })).toBe(0);
    },
  );

  it("recognises a combination that the merchant made by changing units", async () => {
    await edit(compose([0, 2], [1, 1]));
    const components = [2, 1].map((quantity, at) => ({
      ...opened.variants[at]!,
      quantity,
      priceMinor: 1_100,
    }));
    const componentKey = `${components[0]!.variantGid}*2|${components[1]!.variantGid}*1`;

    expect(await save([{ ...(await proposal()), componentKey, components }])).toMatchObject({
      added: 0,
      renewed: 1,
    });
    expect(await findBundle()).toMatchObject({ expectedExtraMarginMinor: 500n });
  });

  it("withdraws a proposal that is no longer supported and logs it, but never a decided one", async () => {
    // An earlier run with larger sets proposed these; no run supports it again.
    const ofThree = await addBundle(opened.deps, opened.variants.slice(1, 4), { status: "proposed" });
    const who = { shop: SHOP, decidedBy: "staff-1", now: NOW };
    await decideBundle(opened.deps, { ...who, bundleId: ofThree, decision: "approve" });

    expect(await save([])).toMatchObject({ withdrawn: 1 });

    expect(await findBundle()).toMatchObject({ status: "retired" });
    const kept = await opened.deps.db.bundle.findUnique({
      where: { id: ofThree },
      include: { components: true },
    });
    expect(kept).toMatchObject({ status: "approved", components: [{}, {}, {}] });
    const [retired] = await opened.deps.db.decision.findMany({ where: { bundleId } });
    expect(retired).toMatchObject({ action: "retire", decidedBy: "system", decidedAt: NOW });
  });
});

describe("a step of a run", () => {
  it("uses its caller's time", async () => {
    const now = vi.fn(() => NOW);
    await prepareRun(opened.deps, { shop: SHOP, runId }, { signal: new AbortController().signal, now });

    expect(await opened.deps.db.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({
      status: "succeeded",
      startedAt: NOW,
      finishedAt: NOW,
    });
  });
});
