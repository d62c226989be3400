import { randomUUID } from "node:crypto";
import pg from "pg";
import { findFreePort } from "#tests/setup/free-port.ts";
import { Merchant } from "#tests/standin/demo/merchant.ts";
import { startStack } from "#tests/standin/demo/stack.ts";
import { Teardown } from "#tests/standin/demo/teardown.ts";
import { Watch } from "#tests/standin/demo/watch.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { addItems, emptyCart } from "#tests/standin/storefront/change-cart.ts";
import {
  priceCart,
  readDiscountFunction,
  type DiscountFunction,
} from "#tests/standin/storefront/price-cart.ts";
import { printFigure } from "#tests/bench/bench-data.ts";

/**
 * Time from an event in the shop until its offer leaves the storefront or returns, over the real web process,
 * workers, webhooks and Admin API of the stand-in: stock that runs out and comes back by a refund, a product that
 * becomes a draft and active again; and the time until the app knows a new price, which the storefront itself shows
 * at once, because Shopify renders it. A Rollout that withholds the discount from half of the buyers takes all offers
 * down, and its end brings them back. While it runs, many carts of different shoppers are priced. `--rounds N` (10).
 * Needs `npm run build`. Exits 1 when the slowest takes over 10 s or a cart does not pay the price on a page.
 */
const CARTS = 10_000;
const LIMIT_S = 10;
const PAIRS = 10;
const POLL_MS = 20;
const WAIT_MS = 120_000;
const at = process.argv.indexOf("--rounds");
const rounds = at < 0 ? 10 : Number(process.argv[at + 1]);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds: expected a whole number above 0");

const state = new ShopState({ domain: "demo-shop.myshopify.com", currency: "USD" });
const products = Array.from({ length: 2 * PAIRS }, (_, index) => {
  const product = state.catalogue.addProduct(
    {
      title: `Product ${index + 1}`,
      variants: [{ title: "Default Title", price: "10.00", sku: `S-${index}` }],
    },
    { isSilent: true },
  );
  const { gid } = product.variants[0]!;
  state.catalogue.updateVariant(gid, { isTracked: true }, { isSilent: true });
  state.catalogue.adjustInventory(gid, { available: 1_000 }, { isSilent: true });
  return { productGid: product.gid, variantGid: product.variants[0]!.gid, title: product.title };
});

const teardown = new Teardown();
try {
  await measure();
} finally {
  await teardown.run();
}

async function measure(): Promise<void> {
  const stack = await startStack(
    {
      adminPort: await findFreePort(),
      appPort: await findFreePort(),
      state,
      apiPointsPerSecond: 100,
      say: (text) => console.error(text),
      onCrash: (text) => {
        console.error(text);
        process.exitCode = 1;
      },
    },
    teardown,
  );
  const { shop, databaseUrl, standin } = stack;
  const watch = new Watch(databaseUrl, shop);
  await teardown.add(() => watch.close());
  const merchant = new Merchant(stack.appUrl, standin);
  await merchant.install();
  await watch.until("The back-fill", WAIT_MS, async () =>
    (await watch.count(`SELECT count(*) AS n FROM "Shop" WHERE shop = $1 AND "backfilledAt" IS NOT NULL`)) > 0
      ? true
      : null,
  );
  await merchant.approve(await propose(databaseUrl, shop));
  const anchors = products.filter((_, index) => index % 2 === 0);
  const isOffered = (productGid: string) => state.app.findMetafield(productGid, "$app", "offers") !== null;
  await until("all offers", () => anchors.every(({ productGid }) => isOffered(productGid)));

  const took = new Map<string, number[]>();
  const time = async (event: string, change: () => void, isDone: () => boolean | Promise<boolean>) => {
    const startedMs = performance.now();
    change();
    await until(event, isDone);
    took.set(event, [...(took.get(event) ?? []), (performance.now() - startedMs) / 1_000]);
  };
  for (let round = 0; round < rounds; round++) {
    const pair = 2 * (round % PAIRS);
    const [anchor, other] = [products[pair]!, products[pair + 1]!];
    const isShown = () => isOffered(anchor.productGid);
    state.catalogue.adjustInventory(other.variantGid, { available: 1 });
    await standin.webhooks.drain();
    let orderGid = "";
    await time(
      "stock sold out, offer hidden",
      () => {
        const line = { variantGid: other.variantGid, quantity: 1, price: "10.00" };
        orderGid = state.orders.create({ lines: [line] }).gid;
      },
      () => !isShown(),
    );
    await time("restocked by a refund, offer shown", () => void state.orders.refund(orderGid), isShown);
    const setStatus = (status: "DRAFT" | "ACTIVE") =>
      void state.catalogue.updateProduct(other.productGid, { status });
    await time(
      "product became a draft, offer hidden",
      () => setStatus("DRAFT"),
      () => !isShown(),
    );
    await time("product active again, offer shown", () => setStatus("ACTIVE"), isShown);
    const price = 11 + round;
    await time(
      "new price saved by the app",
      () => void state.catalogue.updateVariant(other.variantGid, { price: `${price}.00` }),
      async () =>
        (await watch.count(
          `SELECT count(*) AS n FROM "Variant" WHERE shop = $1 AND "variantGid" = $2 AND "priceMinor" = $3::int`,
          [other.variantGid, String(100 * price)],
        )) === 1,
    );
  }
  const [discount] = state.app.discounts.values();
  const withhold = (name: string) =>
    state.rollouts.start(name, 100, [
      { split: 50, changes: [{ kind: "RolloutDiscountExpireChange", targetGid: discount!.gid }] },
      { split: 50, changes: [] },
    ]);
  const isAll = (isShown: boolean) => () =>
    anchors.every(({ productGid }) => isOffered(productGid) === isShown);
  for (let round = 0; round < rounds; round++) {
    let gid = "";
    const start = () => ({ gid } = withhold(`Round ${round}`));
    await time("a Rollout withholds the discount, all offers hidden", start, isAll(false));
    await time(
      "the Rollout ends, all offers shown",
      () => state.rollouts.move(gid, "CONCLUDED"),
      isAll(true),
    );
  }
  withhold("For the carts");
  const discountFunction = await readDiscountFunction("extensions");
  // The app does not know yet: its webhook is sent when this process is idle for a moment.
  const uninformed = countRefused(CARTS / 10, discountFunction) * 10;
  await until("all offers hidden", isAll(false));
  const refused = countRefused(CARTS, discountFunction);
  printFigure({
    name: `reaction, carts of ${CARTS} not at the page's price while a Rollout withholds the discount from half; peer: before the webhook`,
    value: refused,
    unit: "carts",
    peer: uninformed,
  });
  if (refused > 0) process.exitCode = 1;
  for (const [event, seconds] of took) {
    const sorted = seconds.toSorted((a, b) => a - b);
    const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
    for (const share of [0.5, 0.95]) {
      printFigure({
        name: `reaction, ${event}, p${100 * share}`,
        value: Number(quantile(share).toFixed(2)),
        unit: "s",
        peer: LIMIT_S,
      });
    }
    if (quantile(1) > LIMIT_S) process.exitCode = 1;
  }
}

/** Prices carts with a pair, each of a different shopper, and counts those that do not pay the page's price. */
function countRefused(carts: number, discountFunction: DiscountFunction): number {
  let refused = 0;
  for (let shopper = 0; shopper < carts; shopper++) {
    const pair = products.slice(2 * (shopper % PAIRS)).slice(0, 2);
    const items = pair.map(({ variantGid }) => ({
      id: String(legacyId(variantGid)),
      quantity: 1,
      properties: {},
    }));
    const cart = addItems(state, emptyCart(`shopper ${shopper}`), items);
    const isShown = state.app.findMetafield(pair[0]!.productGid, "$app", "offers") !== null;
    const { discountTotal } = priceCart(state, cart, { discountFunction, locale: "en" });
    if (discountTotal > 0 !== isShown) refused++;
  }
  return refused;
}

/** Bundles of neighbouring products, as a run would leave them. */
async function propose(databaseUrl: string, shop: string): Promise<string[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const ids: string[] = [];
  for (let pair = 0; pair < products.length; pair += 2) {
    const id = randomUUID();
    ids.push(id);
    await client.query(
      `INSERT INTO "Bundle" (id, shop, "componentKey", kind, title, status, "discountRatio", currency, expected,
         evidence, validation, "updatedAt")
       VALUES ($1, $2, $1, 'complementary', 'A pair', 'proposed', 0.1, 'USD', '{}', '[]', '{}', now())`,
      [id, shop],
    );
    for (const [position, product] of products.slice(pair, pair + 2).entries()) {
      await client.query(
        `INSERT INTO "BundleComponent" (shop, "bundleId", position, "variantGid", "productGid", title, "priceMinor")
         VALUES ($1, $2, $3, $4, $5, $6, 1000)`,
        [shop, id, position, product.variantGid, product.productGid, product.title],
      );
    }
  }
  await client.end();
  return ids;
}

async function until(what: string, isDone: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${WAIT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
