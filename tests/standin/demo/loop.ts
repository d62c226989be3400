import type { Random } from "#tests/standin/simulator/random.ts";
import { listVisitedProducts, simulateVisits } from "#tests/standin/simulator/simulate-visits.ts";
import { placeLiveOrder, type FilledShop } from "./fill.ts";
import type { Merchant } from "./merchant.ts";
import { Shopper, type OfferImpression } from "#tests/standin/simulator/shopper.ts";
import type { Stack } from "./stack.ts";
import { toSentence, type Watch } from "./watch.ts";

/** The figures of one pass; what the demo prints with `--json`. */
export interface LoopFigures {
  readonly orders: number;
  readonly webhooks: number;
  readonly products: number;
  readonly trainSeconds: number;
  readonly proposed: number;
  readonly approved: number;
  readonly published: number;
  readonly offersOnStorefront: number;
  readonly widgetPriceMinor: number;
  readonly checkoutPriceMinor: number;
  readonly conversionRecorded: boolean;
  /** What the results page says of visitors with and without offers. */
  readonly uplift: { readonly answer: { readonly text: string }; readonly arms: readonly unknown[] };
}

export interface LoopParts {
  readonly stack: Stack;
  readonly filled: FilledShop;
  readonly merchant: Merchant;
  readonly watch: Watch;
  readonly random: Random;
  readonly say: (text: string) => void;
}

const MINUTE_MS = 60_000;
/** Number of offers that the demo's merchant approves; the rest waits for the person at the screen. */
const APPROVALS = 12;
const VISITORS = 200;

/**
 * Runs the eight steps once, as merchant and shopper, over the same addresses as people use.
 *
 * @throws Error in one line naming the step that did not happen
 */
export async function runLoop(parts: LoopParts): Promise<LoopFigures> {
  await collectHistory(parts);
  const run = await learn(parts);
  const approved = await approve(parts);
  const published = await waitUntilPublished(parts, approved);
  const purchase = await buyOneBundle(parts);
  await visitStorefront(parts);
  const { watch, stack, merchant } = parts;
  const { results } = (await merchant.readResults()) as { results: LoopFigures["uplift"] };
  return {
    orders: await watch.count(`SELECT count(*) AS n FROM "Order" WHERE shop = $1`),
    webhooks: stack.standin.webhooks.counts.delivered,
    products: await watch.count(`SELECT count(*) AS n FROM "Product" WHERE shop = $1`),
    trainSeconds: Math.round((run.trainMs ?? 0) / 100) / 10,
    proposed: run.proposed,
    approved,
    published,
    ...purchase,
    uplift: { answer: results.answer, arms: results.arms },
  };
}

/** Step 1: installation, back-fill of the readable orders, older ones from a file, the newest by webhook. */
async function collectHistory({ stack, filled, merchant, watch, say }: LoopParts): Promise<void> {
  say("Installing the app");
  await merchant.install();
  await watch.until("The back-fill", 10 * MINUTE_MS, async () =>
    (await watch.count(`SELECT count(*) AS n FROM "Shop" WHERE shop = $1 AND "backfilledAt" IS NOT NULL`)) > 0
      ? true
      : null,
  );
  // The back-fill starts a run of its own, which would learn without the older orders.
  const early = await watch.latestRun();
  if (early && ["queued", "running"].includes(early.status)) await merchant.cancelRun(early.id);
  say("Importing the older orders");
  await merchant.importOrders(filled.olderOrdersCsv);
  say("Receiving the newest orders by webhook");
  for (const order of filled.liveOrders) placeLiveOrder(filled, order);
  await stack.standin.webhooks.drain();
  await untilInboxIsEmpty(watch);
}

async function untilInboxIsEmpty(watch: Watch): Promise<void> {
  await watch.until("The inbox", 10 * MINUTE_MS, async () =>
    (await watch.count(
      `SELECT count(*) AS n FROM "InboxEvent" WHERE shop = $1 AND "appliedAt" IS NULL AND problem IS NULL`,
    )) === 0
      ? true
      : null,
  );
}

/** Steps 2 to 6, in the app's workers. */
async function learn({
  merchant,
  watch,
  say,
}: LoopParts): Promise<{ trainMs: number | null; proposed: number }> {
  await watch.until("The cancelled run", 10 * MINUTE_MS, async () => {
    const run = await watch.latestRun();
    return run && ["queued", "running"].includes(run.status) ? null : true;
  });
  await merchant.startRun();
  let reported = "";
  const run = await watch.until("The learning", 40 * MINUTE_MS, async () => {
    const latest = await watch.latestRun();
    if (!latest) return null;
    const text = `Learning: ${latest.step} ${Math.round(latest.progress * 100)} % ${toSentence(latest.message)}`;
    if (text !== reported) say(text);
    reported = text;
    return ["succeeded", "failed", "cancelled"].includes(latest.status) ? latest : null;
  });
  if (run.status !== "succeeded")
    throw new Error(`The learning ${run.status}: ${toSentence(run.problem ?? run.message)}`);
  const proposed = await watch.count(
    `SELECT count(*) AS n FROM "Bundle" WHERE shop = $1 AND status = 'proposed'`,
  );
  if (proposed === 0) throw new Error("The learning proposed no bundle.");
  return { trainMs: run.trainMs, proposed };
}

async function approve({ merchant, watch, say }: LoopParts): Promise<number> {
  const best = await watch.rows<{ id: string }>(
    // What is for a season ahead waits for its first day, and nobody here waits so long, or chooses from a range.
    `SELECT id FROM "Bundle" WHERE shop = $1 AND status = 'proposed' AND "startsAt" IS NULL AND terms IS NULL
     ORDER BY "expectedExtraMarginMinor" DESC, id LIMIT ${APPROVALS}`,
  );
  say(`Approving ${best.length} bundles`);
  await merchant.approve(best.map(({ id }) => id));
  return best.length;
}

async function waitUntilPublished({ watch, say }: LoopParts, approved: number): Promise<number> {
  say("Publishing");
  return watch.until("The publishing", 10 * MINUTE_MS, async () => {
    const published = await watch.count(
      `SELECT count(*) AS n FROM "Bundle" WHERE shop = $1 AND status = 'published'`,
    );
    return published >= approved ? published : null;
  });
}

/** Steps 7 and 8 as a shopper: finds every published offer, and buys one. */
async function buyOneBundle({ stack, watch, say }: LoopParts) {
  const { state, url, webhooks } = stack.standin;
  const shopper = new Shopper(url);
  const anchors = await watch.rows<{ productGid: string }>(
    `SELECT DISTINCT c."productGid" FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId"
     WHERE b.shop = $1 AND b.status = 'published' AND c.position = 0`,
  );
  const offers = new Map<string, OfferImpression>();
  for (const { productGid } of anchors) {
    const product = state.catalogue.products.get(productGid);
    if (!product) throw new Error(`The published bundle's product ${productGid} is not in the shop.`);
    for (const offer of await shopper.seeOffers(product.handle)) offers.set(offer.bundleId, offer);
  }
  const [offer] = offers.values();
  if (!offer) throw new Error("The storefront shows no offer.");

  say("Buying one bundle");
  const cartPriceMinor = await shopper.addToCart(offer);
  await shopper.checkOut();
  const order = [...state.orders.orders.values()].findLast(({ noteAttributes }) =>
    noteAttributes.some(({ value }) => value === `t:${shopper.visitor}`),
  );
  if (!order) throw new Error("The checkout made no order that carries the shopper's arm.");
  const checkoutPriceMinor = order.lines.reduce((sum, line) => {
    const discount = line.discountAllocations.reduce((total, { amount }) => total + hundredths(amount), 0);
    return sum + hundredths(line.price) * line.quantity - discount;
  }, 0);
  if (cartPriceMinor !== checkoutPriceMinor) {
    throw new Error(`The cart showed ${cartPriceMinor} and the checkout took ${checkoutPriceMinor}.`);
  }
  await webhooks.drain();
  const isDiscounted = order.lines.some(({ discountAllocations }) => discountAllocations.length > 0);
  await watch.until("The conversion", 10 * MINUTE_MS, async () =>
    (await (isDiscounted
      ? watch.count(
          `SELECT count(*) AS n FROM "Conversion" WHERE shop = $1 AND "orderGid" = $2 AND "bundleId" = $3`,
          [order.gid, offer.bundleId],
        )
      : // At full price nothing is redeemed: such an order counts by who placed it.
        watch.count(
          `SELECT count(*) AS n FROM "Order" WHERE shop = $1 AND "orderGid" = $2 AND "visitorKey" IS NOT NULL`,
          [order.gid],
        ))) === 1
      ? true
      : null,
  );
  return {
    offersOnStorefront: offers.size,
    widgetPriceMinor: offer.priceMinor,
    checkoutPriceMinor,
    conversionRecorded: true,
  };
}

/** Step 8: enough visitors of both arms for the results page to show something, even if it is only "too early". */
async function visitStorefront({ stack, watch, random, say }: LoopParts): Promise<void> {
  const { state, url, webhooks } = stack.standin;
  const settings = state.app.findMetafield(state.app.installationGid, "bundlesmith", "storefront");
  if (!settings) throw new Error("The app did not publish its storefront settings.");
  say(`Sending ${VISITORS} visitors`);
  const anchors = new Set(
    (
      await watch.rows<{ productGid: string }>(
        `SELECT DISTINCT c."productGid" FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId"
         WHERE b.shop = $1 AND b.status = 'published' AND c.position = 0`,
      )
    ).map(({ productGid }) => productGid.slice(productGid.lastIndexOf("/") + 1)),
  );
  await simulateVisits({
    storefrontUrl: url,
    appUrl: stack.appUrl,
    shop: stack.shop,
    visitors: VISITORS,
    random,
    truth: { singleRatio: 0.08, bundleRatio: 0.1 },
    products: listVisitedProducts(state).filter(({ productId }) => anchors.has(productId)),
    storefront: JSON.parse(settings.value) as { salt: string; holdoutPermille: number },
  });
  await webhooks.drain();
  await untilInboxIsEmpty(watch);
}

function hundredths(decimal: string): number {
  return Math.round(Number(decimal) * 100);
}
