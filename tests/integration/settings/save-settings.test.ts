import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { readStaffLocale } from "#app/services/settings/read-staff.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const now = new Date("2026-11-20T12:00:00Z");
const words = openWords("en");
const opened = await openBundleShopEachTest();

/** Saves the typed values while a colleague's earlier change is not yet committed. */
async function saveDuring(colleagues: object, typed: Readonly<Record<string, string>>) {
  const colleague = await opened.deps.pool.connect();
  try {
    await colleague.query("BEGIN");
    await colleague.query('UPDATE "Shop" SET settings = $2 WHERE shop = $1', [SHOP, colleagues]);
    const saving = saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
    const countWaiting = async () => {
      const { rows } = await opened.deps.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length;
    };
    await expect.poll(countWaiting).toBe(1);
    await colleague.query("COMMIT");
    return await saving;
  } finally {
    colleague.release();
  }
}

it("a number can have a comma as its decimal point, as in half of the languages", async () => {
  const typed = { maxDiscountRatio: "12,5" };
  const saved = await saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
  expect(saved).toMatchObject({ ok: true });
  expect(await readSettings(opened.deps.db, SHOP)).toMatchObject({ maxDiscountRatio: 0.125 });
});

it("too many exclusions for a list are refused with the limit", async () => {
  const products = Array.from({ length: 501 }, (_, n) => `gid://shopify/Product/${n + 1}`);
  const typed = { excludedProductGids: JSON.stringify(products) };
  const saved = await saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
  expect(saved).toMatchObject({
    ok: false,
    problems: [{ field: "excludedProductGids", message: "At most 500 can be excluded" }],
  });
});

it("a whole number with a comma is refused and not read as a decimal", async () => {
  const before = await readSettings(opened.deps.db, SHOP);
  const typed = { maxProposals: "1,000" };
  const saved = await saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
  expect(saved).toMatchObject({ ok: false, problems: [{ field: "maxProposals" }] });
  expect(await readSettings(opened.deps.db, SHOP)).toEqual(before);
});

it.each([
  ["minSupportOrders", "0", "Enter a whole number from 1 to 10000"],
  ["minSupportOrders", "10001", "Enter a whole number from 1 to 10000"],
  ["minSupportOrders", "2.5", "Enter a whole number from 1 to 10000"],
  ["holdoutRatio", "50.1", "Enter a number from 0 to 50%"],
  ["maxDiscountRatio", "0", "Enter a number from 1 to 90%"],
  ["minDiscountRatio", "0", "Enter a number from 1 to 90%"],
])("names the allowed values of %s when it is %s", async (field, text, message) => {
  const typed = { [field]: text };
  const saved = await saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
  expect(saved).toMatchObject({ ok: false, problems: [{ field, message }] });
});

it.each([
  ["minDiscountRatio", "21"],
  ["maxDiscountRatio", "17"],
])(
  "a lowest discount above the highest is reported at the field that was changed: %s",
  async (field, text) => {
    await opened.deps.db.shop.updateMany({ data: { settings: { minDiscountRatio: 0.18 } } });
    const typed = { [field]: text };
    const saved = await saveTypedSettings(opened.deps, { shop: SHOP, typed, now, words, staffId: "42" });
    const message = "The lowest discount cannot be above the highest one";
    expect(saved).toMatchObject({ ok: false, problems: [{ field, message }] });
  },
);

describe("two people who save settings at once", () => {
  it("cannot save values that do not fit together", async () => {
    const saved = await saveDuring({ minDiscountRatio: 0.18 }, { maxDiscountRatio: "15" });
    expect(saved).toMatchObject({ ok: false, problems: [{ field: "maxDiscountRatio" }] });
    expect(await readSettings(opened.deps.db, SHOP)).toMatchObject({
      minDiscountRatio: 0.18,
      maxDiscountRatio: 0.2,
    });
  });

  it("keep each other's additions to and removals from a list", async () => {
    const seen = JSON.stringify({ excludedTags: ["old", "kept"] });
    const typed = { seen, excludedTags: JSON.stringify(["old", "kept", "mine"]) };
    expect(await saveDuring({ excludedTags: ["kept", "theirs"] }, typed)).toMatchObject({ ok: true });
    expect(await readSettings(opened.deps.db, SHOP)).toMatchObject({
      excludedTags: ["kept", "theirs", "mine"],
    });
    const emptied = { seen: JSON.stringify({ excludedTags: ["kept"] }), excludedTags: "[]" };
    expect(await saveDuring({ excludedTags: ["kept", "theirs"] }, emptied)).toMatchObject({ ok: true });
    expect(await readSettings(opened.deps.db, SHOP)).toMatchObject({ excludedTags: ["theirs"] });
  });

  it("keep each other's changes, and each is recorded only for their own", async () => {
    const typed = { holdoutRatio: "20", windowDays: "400" };
    expect(await saveDuring({ windowDays: 400, maxProposals: 7 }, typed)).toMatchObject({ ok: true });
    expect(await readSettings(opened.deps.db, SHOP)).toMatchObject({
      holdoutRatio: 0.2,
      windowDays: 400,
      maxProposals: 7,
    });
    const noted = await opened.deps.db.auditEntry.findMany({ select: { detail: true } });
    expect(noted).toEqual([{ detail: { fields: ["holdoutRatio"] } }]);
  });
});

it("a staff member gets the language in which they last opened the app, and others do not", async () => {
  const answer = (asked: string | null, staffId = "42") =>
    readStaffLocale(opened.deps, { shop: SHOP, staffId, asked, now });
  expect(await answer("tlh")).toBe("en");
  expect(await answer("fr")).toBe("fr");
  expect(await answer("de-AT")).toBe("de");
  expect([await answer(null), await answer(null, "43")]).toEqual(["de", "en"]);
});
