import { describe, expect, it } from "vitest";
import { readProductViews } from "#app/data/visits/browse-events.server.ts";
import { countCoViews, viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const FROM = new Date("2026-11-01T00:00:00Z");
const TO = new Date("2026-12-01T00:00:00Z");
const [A, B, C] = [0, 1, 2] as const;
const INDEX_OF = new Map([A, B, C].map((item) => [`gid://shopify/ProductVariant/${item}`, item]));
const REAL = 3_000;
const INVENTED = 10_000;

const deps = await openTestDeps();

async function openShop(shop: string): Promise<void> {
  await deps.db.shop.create({ data: shopRow(shop, { currency: "EUR", installedAt: FROM }) });
}

/** Adds this many visitors, each of whom views two products one after the other. */
async function addViews(
  shop: string,
  { visitors, arm, pair }: { visitors: number; arm: string | null; pair: readonly [number, number] },
): Promise<void> {
  await deps.pool.query(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "variantGid", arm, "occurredAt")
     SELECT $1, item || ' of ' || n || coalesce($3, ''), n || coalesce($3, ' invented'), 'product_viewed',
       'gid://shopify/ProductVariant/' || item, $3, $4::timestamp(3) + n * interval '1 minute' + place * interval '10 seconds'
     FROM generate_series(1, $2::int) n, unnest($5::int[]) WITH ORDINALITY AS t(item, place)`,
    [shop, visitors, arm, FROM.toISOString(), pair],
  );
}

async function countViews(shop: string) {
  const views = await readProductViews(deps.pool, { shop, from: FROM, to: TO }, INDEX_OF);
  return countCoViews(views, INDEX_OF.size);
}

describe("views without a ticket", () => {
  it("weigh at most a twentieth of shoppers' views, even if there are three times as many", async () => {
    const shop = "crowded.myshopify.com";
    await openShop(shop);
    await addViews(shop, { visitors: REAL, arm: "treated", pair: [A, B] });
    const before = await countViews(shop);
    await addViews(shop, { visitors: INVENTED, arm: null, pair: [A, C] });
    const after = await countViews(shop);
    expect(viewsTogether(after, A, B)).toBe(viewsTogether(before, A, B));
    expect(viewsTogether(after, A, C)).toBeGreaterThan(0);
    expect(viewsTogether(after, A, C)).toBeLessThanOrEqual(REAL / 20);
  });

  it("all count if no ticket ever came", async () => {
    const shop = "ticketless.myshopify.com";
    await openShop(shop);
    await addViews(shop, { visitors: 40, arm: null, pair: [A, B] });
    expect(viewsTogether(await countViews(shop), A, B)).toBe(40);
  });
});
