import { type Deps, createSlowAnswers } from "#app/services/deps.server.ts";
import { openDatabase } from "#app/data/db.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { openSecretBox } from "#app/process/secret-box.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { openStandinGraphql } from "#tests/factories/standin-graphql.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres } from "#tests/setup/services.ts";
import { LeakyBucket } from "#tests/standin/admin-api/leaky-bucket.ts";
import { readWhole } from "#tests/bench/bench-data.ts";

/**
 * Publishes many bundles through the smallest plan's rate limit, a bucket of 2,000 points that refills at 100 per
 * second, in real time: the time compared with the time that the points allow (points spent beyond the full bucket,
 * over the rate), and the number of refused calls. `--bundles N` (2000). The first pass publishes, and the second one
 * compares everything a day later, so that both reading and writing calls wait for points.
 */
const MAX_POINTS = 2_000;
const POINTS_PER_SECOND = 100;
const MAX_RATIO = 1.2;
const DAY_MS = 86_400_000;

/** A bucket that counts the points spent and refused. */
class CountingBucket extends LeakyBucket {
  spent = 0;
  refused = 0;

  override take(points: number): boolean {
    const isTaken = super.take(points);
    if (isTaken) this.spent += points;
    else this.refused += 1;
    return isTaken;
  }

  override giveBack(points: number): void {
    super.giveBack(points);
    this.spent -= points;
  }
}

async function main(): Promise<void> {
  const bundles = readWhole("--bundles", 2_000);
  const postgres = await startPostgres();
  let isMissed = false;
  try {
    await migrate(postgres.url);
    const database = openDatabase(postgres.url);
    const deps: Deps = {
      db: database.db,
      pool: database.pool,
      log: createLog("silent"),
      secrets: openSecretBox(`bench:${Buffer.alloc(32).toString("base64")}`),
      slowAnswers: createSlowAnswers(() => 0),
      jobs: fakeQueue(),
    };
    const { state, variants } = await openBundleShop(deps, { products: bundles + 1 });
    // Each product is the anchor of one bundle and named in the next, so that every one gets all metafields.
    for (const [at, variant] of variants.slice(0, -1).entries())
      await addBundle(deps, [variant, variants[at + 1]!]);

    const bucket = new CountingBucket(MAX_POINTS, POINTS_PER_SECOND);
    const { graphql } = openStandinGraphql(state, bucket);
    const request = { shop: SHOP, graphql, appUrl: "https://app.example" };
    const startedMs = performance.now();
    const first = await publishShop(deps, { ...request, now: new Date() });
    const publishedMs = performance.now();
    if (first.offered !== bundles) throw new Error(`${first.offered} of ${bundles} were published`);
    const pointsOfFirst = bucket.spent;
    await publishShop(deps, { ...request, now: new Date(Date.now() + DAY_MS) });
    const seconds = (performance.now() - startedMs) / 1_000;
    const allowedSeconds = Math.max(0, bucket.spent - MAX_POINTS) / POINTS_PER_SECOND;
    // Calls within the full bucket do not wait, so there is nothing to compare with.
    const ratio = allowedSeconds > 0 ? seconds / allowedSeconds : null;
    isMissed = bucket.refused > 0 || (ratio ?? 0) > MAX_RATIO;
    print("publish_refused_calls", bucket.refused, "calls", 0, null);
    print("publish_and_compare_seconds", seconds, "s", allowedSeconds, ratio);
    print("publish_first_pass_seconds", (publishedMs - startedMs) / 1_000, "s", null, null);
    print("publish_first_pass_points", pointsOfFirst, "points", null, null);
    await database.close();
  } finally {
    await postgres.stop();
  }
  if (isMissed) process.exitCode = 1;
}

function print(name: string, value: number, unit: string, peer: number | null, ratio: number | null): void {
  const round = (number: number | null) => (number === null ? null : Number(number.toFixed(3)));
  process.stdout.write(
    `${JSON.stringify({ name, value: round(value), unit, peer: round(peer), ratio: round(ratio) })}\n`,
  );
}

await main();
