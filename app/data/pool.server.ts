import { readdir } from "node:fs/promises";
import pg from "pg";
import { reasonOf, withoutPassword } from "#app/process/errors.ts";

/** PostgreSQL's type numbers of `"char"`, `name` and `text`. */
const OID_CHAR = 18;
const OID_NAME = 19;
const OID_TEXT = 25;
/** `bigint`: amounts of money and counts here. */
const OID_INT8 = 20;
/** `timestamp`: instants in UTC here. */
const OID_TIMESTAMP = 1114;

const PARSERS = new Map<number, (text: string) => unknown>([
  [OID_INT8, toSafeInteger],
  [OID_TIMESTAMP, toInstant],
]);

/** Parses a `bigint` as a number, and a `timestamp` as a UTC instant instead of one in this machine's time zone. */
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    const parse = format === "binary" ? undefined : PARSERS.get(oid);
    return parse ?? pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig;

function toSafeInteger(digits: string): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${digits} is beyond what a number holds exactly`);
  return value;
}

function toInstant(text: string): Date {
  return new Date(`${text.replace(" ", "T")}Z`);
}

/**
 * Limits that end what hangs: a statement, a wait for a lock, an idle transaction, a wait for a free connection. The
 * longest statement processes ten million visits and takes a minute.
 */
const TIME_LIMITS = {
  statement_timeout: 300_000,
  lock_timeout: 60_000,
  idle_in_transaction_session_timeout: 300_000,
  connectionTimeoutMillis: 60_000,
};

/**
 * A connection pool that labels result columns of type `"char"` and `name` as `text`. `@prisma/adapter-pg` 6.19 refuses
 * these two types; only the system catalogues use them, and Prisma's migrations read those.
 *
 * @param limits in milliseconds, in place of those above
 */
export function createPool(
  connectionString: string,
  maxConnections = 10,
  limits: Partial<typeof TIME_LIMITS> = {},
): pg.Pool {
  // An idle connection must not keep a finished command alive for its ten seconds.
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    Client: RelabellingClient,
    ...TIME_LIMITS,
    ...limits,
    allowExitOnIdle: true,
    types,
  });
  // A server restart ends connections, idle or between two queries of a transaction. Without a listener that would end
  // this process. The next query reports the error.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Checks that PostgreSQL takes writes. @throws the driver's error if it does not answer, or one if it is read-only */
export async function pingDatabase(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ isReadOnly: boolean }>(
    `SELECT current_setting('transaction_read_only')::boolean AS "isReadOnly"`,
  );
  if (rows[0]!.isReadOnly) throw new Error("PostgreSQL takes no writes");
}

const START_TIMEOUT_MS = 5_000;

/**
 * Checks before a process starts that the database has all migrations of this release.
 *
 * @throws Error with one line that says where they are missing and why
 */
export async function requireTables(connectionString: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    ...TIME_LIMITS,
    connectionTimeoutMillis: START_TIMEOUT_MS,
  });
  try {
    const files = await readdir(new URL("../../prisma/migrations", import.meta.url));
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      'SELECT "migration_name" AS "name" FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL',
    );
    const done = new Set(rows.map(({ name }) => name));
    const missing = files.sort().find((name) => /^\d/.test(name) && !done.has(name));
    if (missing !== undefined) throw new Error(`the migration ${missing} is missing`);
  } catch (cause) {
    const why = `PostgreSQL at ${withoutPassword(connectionString)} cannot be used (${reasonOf(cause)}).`;
    throw new Error(`${why} Start it, set DATABASE_URL, or run: npx prisma migrate deploy.`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}

class RelabellingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const callback = args.at(-1);
    const run = super.query as (...inner: unknown[]) => unknown;
    if (typeof callback === "function") {
      const relabelled = (error: unknown, result: unknown) => {
        relabel(result);
        callback(error, result);
      };
      return run.apply(this, [...args.slice(0, -1), relabelled]) as never;
    }
    const outcome = run.apply(this, args);
    return (outcome instanceof Promise ? outcome.then(relabel) : outcome) as never;
  }
}

function relabel<T>(result: T): T {
  const fields = (result as { fields?: { dataTypeID: number }[] } | undefined)?.fields ?? [];
  for (const field of fields) {
    if (field.dataTypeID === OID_CHAR || field.dataTypeID === OID_NAME) field.dataTypeID = OID_TEXT;
  }
  return result;
}
