import { spawnSync } from "node:child_process";
import { chown, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { findFreePort } from "#tests/setup/free-port.ts";
import { startPostgres, startRedis } from "#tests/setup/services.ts";
import { Merchant } from "#tests/standin/demo/merchant.ts";
import { startStack } from "#tests/standin/demo/stack.ts";
import { Teardown } from "#tests/standin/demo/teardown.ts";
import { Watch } from "#tests/standin/demo/watch.ts";
import type { ShopOrder } from "#tests/standin/shop/shop-records.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";

/**
 * The drill of a restore. While a shop sells, changes and deletes, PostgreSQL's data are copied in use. The shop
 * sells on for `--seconds N` (15), then PostgreSQL and Redis are lost with all data, while the shop continues. The
 * copy is started in their place; the web process and the workers have survived, and the reading of all changes is
 * requested as `app/docs/operations.md` says. Prints the acknowledged webhooks that the copy lacks, and the orders
 * and products that differ from the shop's, before and after that reading. Needs a build. Exits 1 when anything is
 * missing in the end.
 */
const PRODUCTS = 60;
const CHANGE_EVERY_MS = 60;
const WAIT_MS = 120_000;
/** As in app/docs/operations.md. */
const READ_AGAIN = `UPDATE "DueWork" SET "dueAt" = now() AT TIME ZONE 'UTC', "claimedUntil" = NULL, "heldBy" = NULL
  WHERE "kind" = 'collect.reconcile'`;

const seconds = readWhole("--seconds", 15);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const state = new ShopState({ domain: "demo-shop.myshopify.com", currency: "USD" });
for (let number = 0; number < PRODUCTS; number++) {
  state.catalogue.addProduct(
    {
      title: `Product ${number}`,
      variants: [{ title: "Default Title", price: "10.00", sku: `S-${number}` }],
    },
    { isSilent: true },
  );
}

const teardown = new Teardown();
try {
  await drill();
} finally {
  await teardown.run();
}

async function drill(): Promise<void> {
  const [postgresPort, redisPort] = [await findFreePort(), await findFreePort()];
  let postgres = await startPostgres({ isDurable: true, port: postgresPort });
  let redis = await startRedis({ port: redisPort });
  await teardown.add(() => postgres.stop());
  await teardown.add(() => redis.stop());
  const stack = await startStack(
    {
      adminPort: await findFreePort(),
      appPort: await findFreePort(),
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      state,
      apiPointsPerSecond: 1_000,
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
  await new Merchant(stack.appUrl, standin).install();
  await watch.until("The first import", WAIT_MS, async () =>
    (await watch.count(`SELECT count(*) AS n FROM "Shop" WHERE shop = $1 AND "backfilledAt" IS NOT NULL`)) > 0
      ? true
      : null,
  );
  // The sweep creates a new shop's work once a minute; a copy from before has none to request.
  await watch.until("The shop's work", WAIT_MS, async () =>
    (await watch.count(
      `SELECT count(*) AS n FROM "DueWork" WHERE shop = $1 AND kind = 'collect.reconcile'`,
    )) > 0
      ? true
      : null,
  );

  const selling = sell();
  await pause(seconds * 1_000);
  const folder = `${postgres.folder}-backup`;
  await mkdir(folder);
  await teardown.add(() => rm(folder, { recursive: true, force: true }));
  const backup = await copyData(postgres.folder, { url: databaseUrl, to: folder });
  await pause(seconds * 1_000);

  // Webhooks acknowledged from here on would not be counted.
  standin.webhooks.pause();
  await pause(1_000);
  const acknowledged = await listWebhooks(watch);
  await Promise.all([postgres.stop(), redis.stop()]);
  standin.webhooks.resume();
  await pause(5_000);

  const restoredFromMs = performance.now();
  redis = await startRedis({ port: redisPort });
  postgres = await startPostgres({ isDurable: true, port: postgresPort, backup });
  printFigure({ name: "restore.started", value: since(restoredFromMs), unit: "s" });
  const kept = new Set((await listWebhooks(watch)).map(({ webhookId }) => webhookId));
  const lost = acknowledged.filter(({ webhookId }) => !kept.has(webhookId));
  await pause(5_000);
  selling.stop();
  await standin.webhooks.drain();
  await watch.until("The inbox", WAIT_MS, async () =>
    (await watch.count(`SELECT count(*) AS n FROM "InboxEvent" WHERE shop = $1 AND "appliedAt" IS NULL`)) ===
    0
      ? true
      : null,
  );
  printFigure({ name: "restore.acknowledged_webhooks", value: acknowledged.length, unit: "webhooks" });
  printFigure({ name: "restore.acknowledged_after_the_copy", value: lost.length, unit: "webhooks" });
  printFigure({
    name: "restore.given_up_by_shopify",
    value: standin.webhooks.counts.givenUp,
    unit: "webhooks",
    peer: 0,
  });
  const before = await countWrong(watch);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const askedAt = new Date();
  const askedMs = performance.now();
  await client.query(READ_AGAIN);
  await client.end();
  await watch.until("The import of the changes", WAIT_MS, async () =>
    (await watch.count(
      `SELECT count(*) AS n FROM "Shop" WHERE shop = $1 AND "reconciledAt" >= $2::timestamp`,
      [askedAt.toISOString()],
    )) > 0
      ? true
      : null,
  );
  printFigure({ name: "restore.gap_closed_after", value: since(askedMs), unit: "s" });
  const after = await countWrong(watch);
  printFigure({ name: "restore.orders", value: state.orders.orders.size, unit: "orders" });
  printFigure({ name: "restore.orders_wrong_without_reading", value: before.orders, unit: "orders" });
  printFigure({ name: "restore.products_wrong_without_reading", value: before.products, unit: "products" });
  printFigure({ name: "restore.orders_wrong", value: after.orders, unit: "orders", peer: 0 });
  printFigure({ name: "restore.products_wrong", value: after.products, unit: "products", peer: 0 });
  if (after.orders + after.products > 0 || lost.length === 0 || before.orders === 0) process.exitCode = 1;
}

function since(fromMs: number): number {
  return Number(((performance.now() - fromMs) / 1_000).toFixed(1));
}

/** One order at a time; some are refunded, cancelled or edited later, and a product is changed, sold out or deleted. */
function sell(): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    const products = [...state.catalogue.products.values()];
    const { variants, gid } = products[turn % products.length]!;
    const orders = [...state.orders.orders.keys()];
    const older = orders.at(-1 - (turn % 40))!;
    turn++;
    if (turn % 8 === 1 && older) state.orders.refund(older);
    else if (turn % 8 === 3 && older) state.orders.cancel(older);
    else if (turn % 8 === 5) state.catalogue.updateProduct(gid, { title: `Product of turn ${turn}` });
    else if (turn % 96 === 7) state.catalogue.deleteProduct(gid);
    else state.orders.create({ lines: [{ variantGid: variants[0]!.gid, quantity: 1 + (turn % 3) }] });
  }, CHANGE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

function listWebhooks(watch: Watch) {
  return watch.rows<{ webhookId: string }>(`SELECT "webhookId" FROM "InboxEvent" WHERE shop = $1`);
}

/** Copies a running server's data with PostgreSQL's own base backup, and returns the copy's file. */
async function copyData(folder: string, { url, to }: { url: string; to: string }): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const tar = (...args: string[]) => {
    const { status } = spawnSync("tar", args, { stdio: ["ignore", "inherit", "ignore"] });
    // Status 1: a file changed or vanished during the copy, which the write-ahead log repairs.
    if (status === null || status > 1) throw new Error(`restore: tar ${args.join(" ")} ended with ${status}`);
  };
  const data = join(folder, "data");
  const archive = join(to, "backup.tar");
  await client.query(`SELECT pg_backup_start('drill', true)`);
  tar("-C", data, "--exclude=./postmaster.*", "--exclude=./pg_wal/*", "-cf", archive, ".");
  const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM pg_backup_stop(false)`);
  await client.end();
  const label = join(to, "backup_label");
  const { uid, gid } = await stat(data);
  await writeFile(label, rows[0]!.labelfile);
  await chown(label, uid, gid);
  tar("-C", to, "-rf", archive, "./backup_label");
  tar("-C", data, "-rf", archive, "./pg_wal");
  return archive;
}

/** Number of the shop's orders and products that differ in the app. */
async function countWrong(watch: Watch): Promise<{ orders: number; products: number }> {
  const orders = new Set(
    (
      await watch.rows<{ stated: string }>(
        `SELECT concat_ws(' ', o."orderGid", o."cancelledAt" IS NOT NULL, sum(l.quantity), sum(l."refundedQuantity")) AS stated
         FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop AND l."orderGid" = o."orderGid"
         WHERE o.shop = $1 GROUP BY o."orderGid", o."cancelledAt"`,
      )
    ).map(({ stated }) => stated),
  );
  const products = new Set(
    (
      await watch.rows<{ stated: string }>(
        `SELECT concat_ws(' ', "productGid", title) AS stated FROM "Product" WHERE shop = $1 AND "deletedAt" IS NULL`,
      )
    ).map(({ stated }) => stated),
  );
  const shopProducts = [...state.catalogue.products.values()].map(({ gid, title }) => `${gid} ${title}`);
  const ghosts = [...products].filter(
    (stated) => !state.catalogue.products.has(stated.split(" ", 1)[0]!),
  ).length;
  return {
    orders: [...state.orders.orders.values()].filter((order) => !orders.has(describeOrder(order))).length,
    products: shopProducts.filter((stated) => !products.has(stated)).length + ghosts,
  };
}

function describeOrder({ gid, cancelledAtMs, lines }: ShopOrder): string {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const left = lines.reduce((sum, { currentQuantity }) => sum + currentQuantity, 0);
  return `${gid} ${cancelledAtMs === null ? "f" : "t"} ${units} ${units - left}`;
}
