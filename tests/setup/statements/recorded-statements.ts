import pg from "pg";
import { vi } from "vitest";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { LIST_FOREIGN_PRODUCTS } from "#app/data/products/catalogue.server.ts";
import { findUnboundTables, type UnboundTable } from "./find-unbound-tables.ts";

export interface RecordedStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The result rows as JSON; "" before they arrive. */
  answer: string;
}

const ON_TABLE = new RegExp(`"(${TABLES_OF_A_SHOP.join("|")})"`);

/**
 * Records every statement that this process sends to PostgreSQL from now on, by Prisma and by the pool, until the mocks
 * are restored.
 */
export function recordStatements(): RecordedStatement[] {
  const recorded: RecordedStatement[] = [];
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown];
    const { text, values } = typeof first === "string" ? { text: first, values: second } : first;
    const statement: RecordedStatement = { text, values: Array.isArray(values) ? values : [], answer: "" };
    recorded.push(statement);
    const record = (result: { rows?: unknown[] } | undefined) => {
      statement.answer = toJson(result?.rows ?? []);
    };
    const callback = args.at(-1);
    // The pool passes a callback, a transaction uses the promise.
    if (typeof callback === "function") {
      const recording = (error: unknown, result: { rows?: unknown[] }) => {
        record(result);
        callback(error, result);
      };
      return query.apply(this, [...args.slice(0, -1), recording]) as never;
    }
    const outcome = query.apply(this, args) as Promise<{ rows?: unknown[] }>;
    outcome.then(record, () => {});
    return outcome as never;
  });
  return recorded;
}

function toJson(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

/** Cached results by the text of a statement and by which of its parameters are the shop. */
const unboundOf = new Map<string, readonly UnboundTable[]>();

/**
 * Statements with a table that is not bound to this shop, each as "table alias: text". Only LIST_FOREIGN_PRODUCTS may
 * read another shop's rows.
 */
export function findUnscoped(recorded: readonly RecordedStatement[], shop: string): string[] {
  const unscoped = recorded.flatMap((statement) =>
    findUnboundOf(statement, shop).map(({ table, alias }) => `${table} ${alias}: ${statement.text}`),
  );
  return [...new Set(unscoped)];
}

function findUnboundOf({ text, values }: RecordedStatement, shop: string): readonly UnboundTable[] {
  if (!ON_TABLE.test(text)) return [];
  const areShop = values.map((value) =>
    Array.isArray(value) ? value.length > 0 && value.every((one) => one === shop) : value === shop,
  );
  const key = `${areShop.map(Number).join("")} ${text}`;
  const known = unboundOf.get(key);
  if (known) return known;
  const found = findUnboundTables(text, (parameter) => areShop[parameter - 1] === true).filter(
    ({ alias }) => !(text === LIST_FOREIGN_PRODUCTS && alias === "other"),
  );
  unboundOf.set(key, found);
  return found;
}
