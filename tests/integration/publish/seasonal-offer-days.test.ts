import { beforeAll, expect, it } from "vitest";
import { saveModels } from "#app/data/runs/models.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { editBundleTerms } from "#app/services/validate/edit-bundle.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { encodeDrafts } from "#app/services/propose/run-drafts.server.ts";
import { validateForRun } from "#app/services/validate/validate-run.server.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

/** In New York it is still 29 June. */
const NOW = new Date("2026-06-30T02:20:00Z");
const words = openWords("en");
const estimate = { value: 2, low: 1, high: 3 };

const deps = await openTestDeps();
let variants: readonly StockedVariant[];

beforeAll(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps));
  await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "America/New_York" } });
});

/** The bundle that the step makes from one seasonal draft. */
async function validateSeasonal(days: { startsIn: number; endsIn: number }) {
  const [anchor, other] = variants;
  const { id: runId } = await deps.db.run.create({
    data: { shop: SHOP, cutoffAt: NOW, status: "running", step: "validate" },
  });
  const draft = {
    componentKey: "seasonal",
    kind: "seasonal" as const,
    title: "Both",
    components: [anchor!, other!].map(({ variantGid }) => ({ itemKey: variantGid, quantity: 1 })),
    discountRatio: 0.1,
    expected: {
      ordersAnyway: estimate,
      ordersWithOffer: estimate,
      extraMarginMinor: estimate,
      extraRevenueMinor: estimate,
    },
    isToTry: false,
    evidence: [
      { kind: "season", value: 14, code: "leadTime", values: { median: 14, low: 7, high: 28 } } as const,
    ],
    days,
  };
  const artefact = encodeDrafts({ drafts: [draft], refused: [] });
  const key = { shop: SHOP, runId };
  await saveModels(deps.db, key, "drafts", [{ name: "drafts", isChosen: true, metrics: {}, artefact }]);
  await validateForRun(deps, key, {
    signal: new AbortController().signal,
    now: () => NOW,
  });
  return deps.db.bundle.findFirstOrThrow({ where: { shop: SHOP, runId } });
}

it("a seasonal offer runs for whole days of the shop's calendar, and keeps them after an edit", async () => {
  const { id: bundleId, startsAt, endsAt } = await validateSeasonal({ startsIn: 14, endsIn: 42 });
  expect([startsAt, endsAt]).toEqual([
    new Date("2026-07-13T04:00:00Z"),
    new Date("2026-08-10T03:59:59.999Z"),
  ]);

  const page = await readBundlePage(deps, { shop: SHOP, bundleId, viewer: "me", now: NOW, words });
  const { components, ...terms } = page!.terms;
  expect(terms).toMatchObject({ startsOn: "2026-07-13", endsOn: "2026-08-09" });
  const edited = await editBundleTerms(deps, {
    shop: SHOP,
    bundleId,
    decidedBy: "me",
    now: NOW,
    words,
    typed: { ...terms, title: "Both for summer", components },
  });
  expect(edited).toMatchObject({ ok: true });
  const after = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
  expect(after).toMatchObject({ title: "Both for summer", startsAt, endsAt });
});
