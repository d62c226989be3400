import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Redis } from "ioredis";
import { purchaseRuleOf } from "#app/domain/offer/offer.ts";
import { countOfferTrials } from "#app/data/bundles/offer-trials.server.ts";
import { measureUplift } from "#app/services/evaluate/read-uplift.server.ts";
import { listStorm } from "#tests/factories/webhook-storm.ts";
import { printFigure } from "#tests/bench/bench-data.ts";
import { drawArm } from "#tests/standin/simulator/draw-arm.ts";
import {
  SALT,
  SHOP,
  inParallel,
  memoryOf,
  openAttackedApp,
  sleep,
  type AttackedApp,
} from "./attacked-app.ts";

/**
 * Repeats known attacks on the built app on loopback, in bounded loops, and prints one line per promise: the figure,
 * with the bar as its peer. Ends with 1 if a promise does not hold. Needs `npm run build` first and takes two
 * minutes. app/docs/security.md explains each promise.
 */
const HOLDOUT_PERMILLE = 100;
const DAYS = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const REAL = 3_000;
const INVENTED = 10_000;
/** Half of Shopify's timeout. A faster answer is not late, even if it takes more than twice the undisturbed time. */
const LATE_MS = 2_500;
/** Longest undisturbed period that is measured, even for longer uploads: some hundred webhooks are enough. */
const MOST_CALM_MS = 8_000;
const HEADER = "order_id,ts,sku,title,qty,unit_price\n";
const NAME = "Quistadora";
const BUNDLE = "3f1d6a50-2a54-4c1c-9b1e-0d5ec2a5a001";

let broken = 0;
function promise(name: string, value: number, unit: string, bar: { most?: number; least?: number }): void {
  const rounded = Number(value.toPrecision(4));
  printFigure({ name: `attack.${name}`, value: rounded, unit, peer: (bar.most ?? bar.least)! });
  if (rounded > (bar.most ?? Infinity) || rounded < (bar.least ?? -Infinity)) broken += 1;
}

const app = await openAttackedApp();
try {
  let web = await app.startWeb();
  const worker = app.startWorker();
  await openShop(app);
  await attackProof(app);
  await attackUploads(app);
  await attackPrivacy(app, {
    async killAll() {
      web.kill("SIGKILL");
      worker.kill("SIGKILL");
      web = await app.startWeb();
      app.startWorker();
    },
    untilThen: () => attackConnections(app, web),
  });
} finally {
  await app.close();
}
process.exitCode = broken > 0 ? 1 : 0;

/** Installs the app with a bundle that has been on the storefront for a month. */
async function openShop({ asMerchant, pool }: AttackedApp): Promise<void> {
  await asMerchant("/app?_data=routes%2Fadmin%2Flayout");
  await pool.query(
    `UPDATE "Shop" SET "holdoutSalt" = $2, "settings" = '{"holdoutRatio": 0.1, "holdoutRampDays": 0}',
       "backfilledAt" = now() WHERE "shop" = $1`,
    [SHOP, SALT],
  );
  const since = new Date(Date.now() - DAYS * DAY_MS).toISOString();
  await pool.query(
    `INSERT INTO "Bundle" (shop, id, "componentKey", kind, title, status, "discountRatio", currency, expected, evidence,
       validation, "createdAt", "updatedAt") VALUES ($1, $2, 'a|b', 'complementary', 'Tea + Cup', 'published', 0.1, 'USD',
       '{}', '[]', '{}', $3, $3)`,
    [SHOP, BUNDLE, since],
  );
  await pool.query(
    `INSERT INTO "BundleComponent" (shop, "bundleId", position, "variantGid", "productGid", title, "priceMinor")
     SELECT $1, $2, n, 'gid://shopify/ProductVariant/' || 11 + n, 'gid://shopify/Product/' || 301 + n, 'Tea', 1000
     FROM generate_series(0, 1) n`,
    [SHOP, BUNDLE],
  );
  await pool.query(
    `INSERT INTO "Decision" (id, shop, "bundleId", "decidedBy", action, detail, "decidedAt")
     VALUES ('d1', $1, $2, 'staff', 'approve', '{"to": "approved"}', $3)`,
    [SHOP, BUNDLE, since],
  );
}

function keyOf(kind: string, number: number): string {
  return `${kind}${number.toString(16).padStart(31, "0")}`;
}

function eventsOf(visitor: string, at = new Date()): object[] {
  const seen = drawArm(visitor, { salt: SALT, holdoutPermille: HOLDOUT_PERMILLE }) === "treated";
  return ["page_viewed", "product_viewed", ...(seen ? ["offer_seen"] : [])].map((kind) => ({
    id: `${visitor}-${kind}`,
    kind,
    at: at.toISOString(),
    visitor,
    arm: "h",
    product: kind === "product_viewed" ? "301" : null,
    variant: null,
    bundle: kind === "offer_seen" ? BUNDLE : null,
  }));
}

async function attackProof(attacked: AttackedApp): Promise<void> {
  const { askForTicket, sendEvents, pool } = attacked;
  const real = Array.from({ length: REAL }, (_, number) => keyOf("a", number));
  await inParallel(real, 24, async (visitor) => {
    const number = parseInt(visitor.slice(1), 16);
    const address = `${10 + (number % 80)}.${number % 200}.${(number * 7) % 250}.1`;
    await sendEvents(address, { ticket: await askForTicket(visitor, address), events: eventsOf(visitor) });
  });
  // They came over a month, and some bought up to two days later.
  await pool.query(
    `UPDATE "BrowseEvent" SET "occurredAt" = "occurredAt" - (abs(hashtext("visitorKey")) % ${DAYS * 24}) * interval '1 hour'
     WHERE shop = $1`,
    [SHOP],
  );
  await pool.query(
    `WITH buyer AS (
       SELECT "visitorKey" AS key, min("occurredAt") AS at, arm, abs(hashtext('buys ' || "visitorKey")) AS luck
       FROM "BrowseEvent" WHERE shop = $1 AND arm IS NOT NULL GROUP BY 1, 3
     ), placed AS (
       INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", "totalMinor")
       SELECT $1, 'order ' || key, least(at + (luck % 2000) * interval '1 minute', now()), at, 'USD', key, 2000 + luck % 6000
       FROM buyer WHERE luck % 100 < CASE arm WHEN 'treated' THEN 24 ELSE 16 END
       RETURNING "orderGid", "totalMinor", "visitorKey"
     )
     INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
     SELECT $1, "orderGid", n, 'gid://shopify/ProductVariant/' || 11 + n, 'Tea', 1, "totalMinor" / 2
     FROM placed, generate_series(0, 1) n`,
    [SHOP],
  );
  const before = await measure(attacked);
  promise("honest_visitors_lost", 1 - before.visitors / REAL, "share", { most: 0.01 });

  const invented = Array.from({ length: INVENTED }, (_, number) => keyOf("b", number));
  const batches = Array.from({ length: INVENTED / 20 }, (_, batch) =>
    invented.slice(batch * 20, batch * 20 + 20),
  );
  const old = new Date(Date.now() - 20 * DAY_MS);
  const send = (batch: string[], address: string) =>
    sendEvents(address, {
      events: batch.flatMap((visitor, place) => eventsOf(visitor, place % 2 ? old : new Date())),
    });
  await inParallel(batches.slice(0, 250), 16, (batch) => send(batch, "198.51.100.7"));
  let next = 250;
  await inParallel(batches.slice(250), 16, (batch) => send(batch, `203.${next++ % 100}.7.7`));
  const after = await measure(attacked);
  promise("invented.sample_ratio_p", after.pValue, "p", { least: 0.01 });
  promise("invented.uplift_moves", Math.abs(after.value - before.value) / before.width, "of its interval", {
    most: 0.05,
  });
  promise("invented.autopilot_moves", Math.abs(after.gain / before.gain - 1), "share", { most: 0.1 });
  promise("invented.rows", after.rows / before.rows, "times honest", { most: 3 });

  // Tickets of the storefront for chosen keys: from one network, then from a hundred.
  const chosen = invented.filter((key) => drawArm(key, { salt: SALT, holdoutPermille: 100 }) === "holdout");
  let granted = 0;
  const claim = async (visitor: string, address: string) => {
    const ticket = await askForTicket(visitor, address);
    if (ticket === null) return;
    granted += 1;
    await sendEvents(address, {
      ticket,
      events: eventsOf(visitor).map((e) => ({ ...e, id: `${visitor}-${granted}${Math.random()}` })),
    });
  };
  await inParallel(chosen.slice(0, 200), 8, (visitor) => claim(visitor, "192.0.2.9"));
  promise("chosen_keys.tickets_of_one_network", granted, "of 200", { most: 20 });
  let place = 0;
  await inParallel(chosen.slice(200), 8, (visitor) => claim(visitor, `172.${place++ % 100}.3.3`));
  const bent = await measure(attacked);
  promise("chosen_keys.sample_ratio_p", bent.pValue, "p", { least: 0.01 });
  promise("chosen_keys.uplift_moves", Math.abs(bent.value - before.value) / before.width, "of its interval", {
    most: 0.05,
  });
  await attackInTheDrawsShares(attacked);
  const known = await sendEvents("192.0.3.1", { events: eventsOf(keyOf("c", 1)) });
  const unknown = await sendEvents("192.0.3.1", {
    shop: "nobody.myshopify.com",
    events: eventsOf(keyOf("c", 2)),
  });
  promise("unknown_shop.answers_apart", Number(known !== unknown), "0 or 1", { most: 0 });
}

/**
 * Tickets for keys in the proportions of the draw. Nothing distinguishes them from visitors who buy nothing, so they
 * count in each figure per visitor. The total gain of the offers, which the page's answer uses, must not change.
 */
async function attackInTheDrawsShares(attacked: AttackedApp): Promise<void> {
  const { askForTicket, sendEvents, pool } = attacked;
  await pool.query(`DELETE FROM "BrowseEvent" WHERE shop = $1 AND "visitorKey" LIKE 'b%'`, [SHOP]);
  const before = await measure(attacked);
  const keys = Array.from({ length: INVENTED }, (_, number) => keyOf("e", number));
  let place = 0;
  await inParallel(keys, 24, async (visitor) => {
    const address = `172.${place++ % 100}.4.4`;
    const ticket = await askForTicket(visitor, address);
    if (ticket) await sendEvents(address, { ticket, events: eventsOf(visitor) });
  });
  const after = await measure(attacked);
  // No bar: the expected change is their share of all visitors, which is the peer.
  printFigure({
    name: "attack.draws_shares.per_visitor_falls",
    value: 1 - after.value / before.value,
    unit: "share",
    peer: 1 - before.visitors / after.visitors,
  });
  promise("draws_shares.sample_ratio_p", after.pValue, "p", { least: 0.01 });
  promise("draws_shares.sum_moves", Math.abs(after.sum - before.sum) / before.sumWidth, "of its interval", {
    most: 0.05,
  });
  promise("draws_shares.relative_gain_moves", Math.abs(after.times / before.times - 1), "share", {
    most: 0.1,
  });
}

async function measure({ deps, pool }: AttackedApp) {
  const nowMs = Date.now();
  const { uplift } = await measureUplift(deps, { shop: SHOP, nowMs });
  const trials = await countOfferTrials(pool, {
    shop: SHOP,
    from: new Date(nowMs - DAYS * DAY_MS),
    to: new Date(nowMs),
    offers: [
      {
        key: BUNDLE,
        bundleId: BUNDLE,
        times: [{ fromMs: nowMs - DAYS * DAY_MS, toMs: nowMs, discountRatio: 0.1 }],
        purchase: purchaseRuleOf({ kind: "set", reward: { type: "none" } }),
      },
    ],
    assumedMarginRatio: 0.5,
    usesShopifyCosts: true,
    includedTaxRatio: 0,
  });
  const rate = (isOffered: boolean) => {
    const own = trials.filter(({ discountRatio }) => (discountRatio !== null) === isOffered);
    const sum = (pick: (trial: (typeof own)[number]) => number) =>
      own.reduce((all, trial) => all + pick(trial), 0);
    return sum(({ sets }) => sets) / sum(({ visitors }) => visitors);
  };
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int n FROM "BrowseEvent" WHERE shop = $1`,
    [SHOP],
  );
  const { value, low, high } = uplift.perVisitorMinor;
  const sum = uplift.incrementalRevenueMinor;
  return {
    pValue: uplift.sampleRatioPValue ?? 1,
    value,
    width: high - low,
    sum: sum.value,
    sumWidth: sum.high - sum.low,
    visitors: uplift.visitors.treated + uplift.visitors.holdout,
    gain: rate(true) - rate(false),
    /** The figure that the autopilot models: the ratio of purchases with and without the offer. */
    times: rate(true) / rate(false),
    rows: rows[0]!.n,
  };
}

async function attackUploads({ asMerchant, sendWebhook }: AttackedApp): Promise<void> {
  const storm = listStorm(3_000);
  let sent = 0;
  /** Fifty a second until `over` resolves; returns the time of each. */
  const stormUntil = async (over: Promise<unknown>) => {
    let isOver = false;
    void over.finally(() => (isOver = true));
    const all: Promise<number>[] = [];
    while (!isOver) {
      const webhook = { ...storm[sent++ % storm.length]!, webhookId: `attack-${sent}` };
      const startedMs = performance.now();
      all.push(
        sendWebhook(webhook).then((status) => (status === 200 ? performance.now() - startedMs : 10_000)),
      );
      await sleep(20);
    }
    return Promise.all(all);
  };
  const p99 = (tookMs: number[]) => tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)]!;
  const upload = async (body: Buffer<ArrayBuffer>) => {
    const { status } = await asMerchant("/app/import", { method: "POST", body });
    promise("upload.is_a_job", status, "status", { least: 202, most: 202 });
    while ((await asMerchant("/app/import")).status === 202) await sleep(250);
  };
  // No process is measured at its first file and its first webhooks.
  await stormUntil(
    Promise.all([sleep(3_000), upload(Buffer.from(`${HEADER}A1,2025-03-01,K,Kettle,1,45.00\n`))]),
  );
  for (const { name, body, turns, ends } of listUploads()) {
    const [calm, busy]: [number[], number[]] = [[], []];
    // In turns, so that any other load of this machine affects both equally.
    for (let turn = 0; turn < turns; turn++) {
      const startedMs = performance.now();
      busy.push(...(await stormUntil(upload(body))));
      calm.push(...(await stormUntil(sleep(Math.min(MOST_CALM_MS, performance.now() - startedMs)))));
    }
    printFigure({ name: `attack.upload.${name}.webhook_p99`, value: Math.round(p99(busy)), unit: "ms", peer: Math.round(p99(calm)) }); // prettier-ignore
    promise(`upload.${name}.webhook_in_time`, p99(busy), "ms", { most: Math.max(LATE_MS, 2 * p99(calm)) });
    promise(`upload.${name}.ends`, (await asMerchant("/app/import")).status, "status", {
      least: ends,
      most: ends,
    });
  }
}

async function attackConnections(
  { appUrl, port, sendWebhook }: AttackedApp,
  web: Awaited<ReturnType<AttackedApp["startWeb"]>>,
): Promise<void> {
  const webhook = { ...listStorm(1)[0]!, webhookId: "while-parked" };
  const memory = await memoryOf(web);
  let most = memory;
  const headers =
    `POST /webhooks HTTP/1.1\r\nHost: app\r\nContent-Length: 8000000\r\nX-Shopify-Topic: orders/create\r\n` +
    `X-Shopify-Shop-Domain: ${SHOP}\r\nX-Shopify-Webhook-Id: w\r\nX-Shopify-Hmac-Sha256: ${"A".repeat(43)}=\r\n\r\n`;
  const half = Buffer.alloc(4_000_000, "x");
  const sockets = Array.from({ length: 1_000 }, () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write(headers);
    socket.write(half);
    return socket;
  });
  for (let tick = 0; tick < 40; tick++) {
    await sleep(150);
    most = Math.max(most, await memoryOf(web));
  }
  const during = await sendWebhook(webhook);
  for (const socket of sockets) socket.destroy();
  promise("parked.memory", most - memory, "MiB more", { most: 256 });
  promise("parked.webhook_answered", during, "status", { most: 200 });

  const statuses = await Promise.all([
    fetch(`${appUrl}/app/suggestions?query=%00`),
    fetch(`${appUrl}/webhooks`, { method: "POST", body: "{}", headers: { "X-Shopify-Topic": "__proto__" } }),
    fetch(`${appUrl}/webhooks`, { method: "POST", body: "{}" }),
  ]);
  promise("refused.nul_proto_unsigned", statuses.filter(({ status }) => status === 400).length, "of 3", {
    least: 3,
  });
  const pages = await Promise.all(
    ["/", "/privacy", "/no-such-page", "/%E0%A4%A"].map((path) => fetch(appUrl + path)),
  );
  const wanted = [
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "content-security-policy",
  ];
  const lacking = pages.flatMap((page) => wanted.filter((name) => !page.headers.has(name)));
  promise("headers.lacking", lacking.length, "headers", { most: 0 });
  const texts = await Promise.all(pages.map((page) => page.text()));
  promise("errors.with_stack", texts.filter((text) => /\bat .+\.(ts|js):\d/.test(text)).length, "pages", {
    most: 0,
  });
}

/** Files of a megabyte: the one that the parser takes longest to refuse, and one of orders to write. */
function listUploads() {
  const lines = gzipSync(HEADER + "1,2,3\n".repeat(2_000_000));
  const orders = Array.from({ length: 100_000 }, (_, order) => `${order},2025-03-01,K,Kettle,1,45.00\n`);
  return [
    {
      name: "short_lines",
      body: Buffer.concat(Array.from({ length: Math.floor((1 << 20) / lines.length) }, () => lines)),
      turns: 12,
      ends: 422,
    },
    { name: "orders", body: Buffer.concat([gzipSync(HEADER + orders.join(""))]), turns: 1, ends: 200 },
  ];
}

async function attackPrivacy(
  attacked: AttackedApp,
  { killAll, untilThen }: { killAll: () => Promise<void>; untilThen: () => Promise<void> },
): Promise<void> {
  const { pool, folder, redisUrl, asMerchant, sendEvents, sendWebhook } = attacked;
  const at = new Date().toISOString();
  const planted = {
    ...(JSON.parse(listStorm(1)[0]!.rawBody) as object),
    ...Object.fromEntries(
      ["note", "email", "phone", "contact_email", "tags", "name", "browser_ip", "landing_site", "referring_site"].map(
        (field) => [field, NAME],
      ),
    ),
    customer: { admin_graphql_api_id: "gid://shopify/Customer/77", first_name: NAME, last_name: NAME, email: NAME },
    billing_address: { first_name: NAME, address1: NAME, city: NAME },
    shipping_address: { last_name: NAME, company: NAME },
    note_attributes: [{ name: NAME, value: NAME }],
    line_items: [
      { admin_graphql_api_id: "gid://shopify/LineItem/1", title: NAME, name: `For ${NAME}`, sku: NAME, quantity: 1,
        price: "1.00", vendor: NAME, properties: [{ name: "engraving", value: NAME }], discount_allocations: [] },
    ],
  }; // prettier-ignore
  const webhook = { topic: "orders/create", webhookId: "planted", triggeredAt: at, order: 0 };
  await sendWebhook({ ...webhook, rawBody: JSON.stringify(planted) });
  await sendEvents("192.0.4.1", {
    events: [{ ...eventsOf(keyOf("d", 1))[0]!, kind: "search_submitted", term: `mug for ${NAME}` }],
  });
  await sleep(3_000);
  const redact = {
    shop_domain: SHOP,
    customer: { id: 77, email: NAME },
    orders_to_redact: [],
  };
  await sendWebhook({
    ...webhook,
    topic: "customers/redact",
    webhookId: "redact",
    rawBody: JSON.stringify(redact),
  });
  const row = `A1,2025-03-01T10:00:00Z,K,Kettle,1,45.00,${NAME}\n`;
  const csv = `order_id,ts,sku,title,qty,unit_price,customer_id\n${Array.from({ length: 60_000 }, (_, n) => row.replace("A1", `A${n}${Math.random()}`)).join("")}`;
  const upload = asMerchant("/app/import", { method: "POST", body: csv }).catch(() => null);
  await Promise.race([upload, sleep(1_500)]);
  await killAll();
  const killedAt = new Date();
  const findParts = async () => {
    const { rows } = await pool.query<{ parts: number; isRead: boolean }>(
      `SELECT (SELECT count(*)::int FROM "OrderImportPart") AS parts,
         EXISTS (SELECT FROM "OrderImport" WHERE "state" = 'reading' AND "aliveAt" > $1::timestamp(3)) AS "isRead"`,
      [killedAt.toISOString()],
    );
    return rows[0]!;
  };
  const untilGone = async () => {
    let leftMs: number | undefined;
    for (;;) {
      const { parts, isRead } = await findParts();
      const passedMs = Date.now() - killedAt.getTime();
      if (parts === 0 || isRead) leftMs ??= passedMs;
      if (parts === 0 || passedMs > 5 * MINUTE_MS) return leftMs ?? passedMs;
      await sleep(1_000);
    }
  };
  const [leftMs] = await Promise.all([untilGone(), untilThen()]);
  // The time of a worker depends on the machine. The check below is that nothing of the file stays.
  promise("killed_import.gone_or_read_after", leftMs / 1_000, "s", { most: 60 });
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  let found = 0;
  for (const { name } of tables) {
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "${name}" t WHERE t::text ILIKE '%${NAME}%'`,
    );
    found += rows[0]!.n;
  }
  const redis = new Redis(redisUrl);
  for (const key of await redis.keys("*")) {
    const value = await redis.dump(key).catch(() => null);
    if (key.includes(NAME) || value?.includes(NAME)) found += 1;
  }
  redis.disconnect();
  promise("planted_name.rows", found, "rows", { most: 0 });
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  promise("planted_name.files", texts.filter((text) => text.includes(NAME)).length, "files", { most: 0 });
}
