import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createPool } from "#app/data/pool.server.ts";
import { openDatabase } from "#app/data/db.server.ts";
import { createSlowAnswers } from "#app/services/deps.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres } from "#tests/setup/services.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";
import { dropIndexes } from "./bare-table.ts";

/**
 * The complete evaluation of one shop, as the results page needs it: 10 million page views of 2 million visitors,
 * nearly 2 million impressions as well, 1 million orders of two lines and 50 bundles, in a PostgreSQL of its own that
 * shares one core with this process. Prints seconds, the CPU time of the core, and the peak memory of all connections
 * with this process's growth. `--views N`, `--orders N`. Exits 1 beyond 60 s or 1 GiB. Linux only: memory is read
 * from /proc, and `taskset` sets the core.
 */
const SHOP = "load-shop.myshopify.com";
const LIMIT_SECONDS = 60;
const LIMIT_MIB = 1_024;
const PRODUCTS = 2_000;
const BUNDLES = 50;
const NOW_MS = Date.UTC(2026, 10, 24, 12);
/** First approval, about 80 days before: all page views and orders come after it. */
const PERIOD_START = "2026-09-05 00:00:00";

const views = readWhole("--views", 10_000_000);
const orders = readWhole("--orders", 1_000_000);
const visitors = Math.ceil(views / 5);

const postgres = await startPostgres();
try {
  await migrate(postgres.url);
  await fill();
  await holdToOneCore();
  await measure();
} finally {
  await postgres.stop();
}

async function measure(): Promise<void> {
  const database = openDatabase(postgres.url, 4);
  const ownBefore = process.memoryUsage().rss;
  const ownCpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const window = { shop: SHOP, fromMs: NOW_MS - 28 * DAY_MS, toMs: NOW_MS };
  const watch = await watchConnections();
  const { uplift } = await readResults({ ...database, slowAnswers: createSlowAnswers(() => 0) }, window);
  const seconds = (performance.now() - startedMs) / 1_000;
  const connections = await watch.stop();
  const mebibytes = connections.mebibytes + Math.max(0, process.memoryUsage().rss - ownBefore) / 1024 ** 2;
  const cpuSeconds = connections.cpuSeconds + process.cpuUsage(ownCpuBefore).user / 1e6;
  await database.close();
  const compared = uplift.visitors.treated + uplift.visitors.holdout;
  printFigure({ name: "evaluate.seconds", value: round(seconds), unit: "s", peer: LIMIT_SECONDS });
  printFigure({ name: "evaluate.cpu", value: round(cpuSeconds), unit: "s", peer: LIMIT_SECONDS });
  printFigure({ name: "evaluate.memory", value: round(mebibytes), unit: "MiB", peer: LIMIT_MIB });
  printFigure({ name: "evaluate.visitors", value: compared, unit: "visitors", peer: visitors });
  process.exitCode = seconds > LIMIT_SECONDS || mebibytes > LIMIT_MIB || compared !== visitors ? 1 : 0;
}

/**
 * Spreads visitors by a hash of their number over arms, days and products, so that nothing follows the order of the
 * table.
 */
async function fill(): Promise<void> {
  // Ten million rows can take a busy machine longer than the app lets a statement run.
  const pool = createPool(postgres.url, 1, { statement_timeout: 0 });
  const run = (sql: string) => pool.query(sql);
  const spread = (of: string) => `(hashint4(${of}) & 2147483647)`;
  const visitorKey = (of: string) => `md5((${of})::text)`;
  await run(`INSERT INTO "Shop" (shop, "customerKeySecret", "holdoutSalt") VALUES ('${SHOP}', 's', 'salt')`);
  await run(
    `INSERT INTO "Product" (shop, "productGid", title, handle, tags, status, "sourceUpdatedAt")
     SELECT '${SHOP}', 'p' || n, 'Product ' || n, 'p' || n, '{}', 'active', now() FROM generate_series(0, ${PRODUCTS - 1}) n`,
  );
  await run(
    `INSERT INTO "Variant" (shop, "variantGid", "productGid", title, "priceMinor", "costMinor")
     SELECT '${SHOP}', 'v' || n, 'p' || n, '', 2000, 1000 FROM generate_series(0, ${PRODUCTS - 1}) n`,
  );
  await run(
    `INSERT INTO "Bundle" (id, shop, "componentKey", kind, title, status, "discountRatio", currency, expected, evidence,
       validation, "updatedAt")
     SELECT 'b' || n, '${SHOP}', 'k' || n, 'complementary', 'Bundle ' || n, 'published', 0.1, 'USD', '{}', '[]', '{}',
       now() FROM generate_series(0, ${BUNDLES - 1}) n`,
  );
  await run(
    `INSERT INTO "BundleComponent" (shop, "bundleId", position, "variantGid", "productGid", title, "priceMinor")
     SELECT '${SHOP}', 'b' || n, k, 'v' || (2 * n + k), 'p' || (2 * n + k), '', 2000
     FROM generate_series(0, ${BUNDLES - 1}) n, generate_series(0, 1) k`,
  );
  await run(
    `INSERT INTO "Decision" (id, shop, "bundleId", "decidedBy", action, detail, "decidedAt")
     SELECT 'd' || n, '${SHOP}', 'b' || n, 'staff', 'approve', '{"to":"approved"}', '${PERIOD_START}'
     FROM generate_series(0, ${BUNDLES - 1}) n`,
  );
  const restoreIndexes = await dropIndexes(pool, "BrowseEvent");
  // Every other page view is of a product of a bundle.
  const product = `(${spread("n")} % CASE WHEN ${spread("n + 3")} % 2 = 0 THEN ${2 * BUNDLES} ELSE ${PRODUCTS} END)`;
  await run(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", arm, "occurredAt")
     SELECT '${SHOP}', 'e' || n, ${visitorKey(`n % ${visitors}`)},
       CASE WHEN n / ${visitors} < 2 THEN 'product_viewed' ELSE 'page_viewed' END,
       CASE WHEN n / ${visitors} < 2 THEN 'p' || ${product} END,
       CASE WHEN ${spread(`n % ${visitors}`)} % 10 = 0 THEN 'holdout' ELSE 'treated' END,
       timestamp '${PERIOD_START}' + make_interval(secs => ${spread("n + 7")} % ${79 * 86_400})
     FROM generate_series(0, ${views - 1}) n`,
  );
  await run(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "bundleId", arm, "occurredAt")
     SELECT e.shop, 's' || e."eventId", e."visitorKey", 'offer_seen', c."bundleId", e.arm,
       e."occurredAt" + interval '1 second'
     FROM "BrowseEvent" e JOIN "BundleComponent" c ON c.shop = e.shop AND c."productGid" = e."productGid"
     WHERE e.kind = 'product_viewed' AND e.arm = 'treated'`,
  );
  await restoreIndexes();
  await run(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "customerKey", "visitorKey", arm,
       "totalMinor")
     SELECT '${SHOP}', 'o' || n, timestamp '${PERIOD_START}' + make_interval(secs => ${spread("n")} % ${79 * 86_400}),
       now(), 'USD', 'c' || (n / 2), ${visitorKey(`${spread("n / 2")} % ${visitors}`)}, 'treated', 4000
     FROM generate_series(0, ${orders - 1}) n`,
  );
  await run(
    `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", "productGid", title, quantity, "unitPriceMinor")
     SELECT '${SHOP}', 'o' || n, k, 'v' || (${spread("2 * n + k")} % ${PRODUCTS}),
       'p' || (${spread("2 * n + k")} % ${PRODUCTS}), '', 1, 2000
     FROM generate_series(0, ${orders - 1}) n, generate_series(0, 1) k`,
  );
  await run(`VACUUM ANALYZE`);
  await run(`ALTER DATABASE bundlesmith SET max_parallel_workers_per_gather = 0`);
  await pool.end();
}

/** Connections are child processes of the server's first process and inherit its core. */
async function holdToOneCore(): Promise<void> {
  const pool = createPool(postgres.url, 1);
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const server = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${rows[0]!.pid}/status`, "utf8"))![1]!;
  await pool.end();
  for (const pid of [server, String(process.pid)]) {
    const { status } = spawnSync("taskset", ["-a", "-p", "-c", "0", pid], { stdio: "ignore" });
    if (status !== 0) console.error(`evaluate-load: process ${pid} could not be held to one core`);
  }
}

/** Memory of the database's connections, read twice a second, because idle ones are closed after a while. */
async function watchConnections() {
  const pool = createPool(postgres.url, 1);
  const seen = new Map<number, { mebibytes: number; cpuSeconds: number }>();
  const view = async () => {
    const { rows } = await pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
         AND datname = current_database() AND pid <> pg_backend_pid()`,
    );
    for (const { pid } of rows) {
      const taken = readProcess(pid);
      if (taken) seen.set(pid, taken);
    }
  };
  await view();
  let isDone = false;
  const watching = (async () => {
    while (!isDone) {
      await view();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    async stop() {
      isDone = true;
      await watching;
      await view();
      await pool.end();
      const total = (of: "mebibytes" | "cpuSeconds") =>
        [...seen.values()].reduce((sum, taken) => sum + taken[of], 0);
      return { mebibytes: total("mebibytes"), cpuSeconds: total("cpuSeconds") };
    },
  };
}

/** Peak memory of a process, shared pages included, and its CPU time; null when it has ended. */
function readProcess(pid: number): { mebibytes: number; cpuSeconds: number } | null {
  let status: string;
  let stat: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status);
  // A process that has ended is listed, without memory, until its parent has noticed.
  if (peak === null) return null;
  // After the name in brackets; the kernel counts in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { mebibytes: Number(peak[1]) / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
