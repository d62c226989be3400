import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { listOthersAnswers, saveSharedAnswer } from "#app/data/shops/shared-answers.server.ts";
import { saveUninstalled } from "#app/data/shops/shops.server.ts";
import { PRIOR_BELIEF } from "#app/domain/propose/profit/shopper-belief.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { MINUTE_MS } from "#app/domain/time.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const now = new Date("2026-11-20T12:00:00Z");
const OTHER = "other.myshopify.com";
const words = openWords("en");
const opened = await openBundleShopEachTest();
const answer = PRIOR_BELIEF.flat().map((_, at) => at % 21);

const agree = (learnsWithOthers: boolean) =>
  saveTypedSettings(opened.deps, {
    shop: SHOP,
    typed: { learnsWithOthers: String(learnsWithOthers) },
    now,
    words,
    staffId: "42",
  });
const tell = () => saveSharedAnswer(opened.deps.db, { shop: SHOP, answer, learnedAt: now });
const answersFor = (shop: string) => listOthersAnswers(opened.deps.db, shop);

describe("the answer that a shop shares with others", () => {
  it("is nothing unless its owner agreed", async () => {
    await tell();
    expect(await answersFor(OTHER)).toEqual([]);
  });

  it("reaches only other shops, and only the latest one counts", async () => {
    expect(await agree(true)).toMatchObject({ ok: true });
    await tell();
    await tell();
    expect(await answersFor(OTHER)).toEqual([answer]);
    expect(await answersFor(SHOP)).toEqual([]);
    const noted = await opened.deps.db.auditEntry.findMany({ select: { detail: true } });
    expect(noted).toEqual([{ detail: { fields: ["learnsWithOthers"] } }]);
  });

  it("is deleted as soon as the owner withdraws, and is not shared again when a run ends", async () => {
    await agree(true);
    await tell();
    await agree(false);
    expect(await answersFor(OTHER)).toEqual([]);
    await tell();
    expect(await answersFor(OTHER)).toEqual([]);
  });

  it("is deleted with the app, and when the shop has nothing to share any more", async () => {
    await agree(true);
    await tell();
    await saveSharedAnswer(opened.deps.db, { shop: SHOP, answer: null, learnedAt: now });
    expect(await answersFor(OTHER)).toEqual([]);
    await tell();
    await saveUninstalled(opened.deps.db, SHOP, now);
    expect(await answersFor(OTHER)).toEqual([]);
    await tell();
    expect(await answersFor(OTHER)).toEqual([]);
  });

  it("is read from the latest thousand shops, even if more have agreed", async () => {
    const learnedAt = (minute: number) => new Date(now.getTime() + minute * MINUTE_MS);
    await opened.deps.db.sharedAnswer.createMany({
      data: Array.from({ length: 1_001 }, (_, at) => ({
        shop: `shop-${at}.myshopify.com`,
        learnedAt: learnedAt(at),
        answer: answer.map((step) => (at === 0 ? 20 - step : step)),
      })),
    });
    const answers = await answersFor(OTHER);
    expect(answers).toHaveLength(1_000);
    expect(new Set(answers.map(String))).toEqual(new Set([String(answer)]));
  });
});
