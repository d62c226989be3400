import pg from "pg";
import { vi } from "vitest";
import { TABLES_OF_A_SHOP } from "#app/data/erasures.server.ts";
import { LIST_FOREIGN_PRODUCTS } from "#app/data/foreign-products.server.ts";

export interface HeardStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The rows that came back, as JSON; "" until they have. */
  answer: string;
}

const ON_TABLE = new RegExp(`"(${TABLES_OF_A_SHOP.join("|")})"`);

/**
 * Hears every statement that this process sends to PostgreSQL from now on, Prisma's and the pool's alike, until the
 * mocks are restored.
 */
export function hearStatements(): HeardStatement[] {
  const heard: HeardStatement[] = [];
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  vi.spyOn(pg.Client.prototype, "query").mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown];
    const { text, values } = typeof first === "string" ? { text: first, values: second } : first;
    const statement: HeardStatement = { text, values: Array.isArray(values) ? values : [], answer: "" };
    heard.push(statement);
    const hear = (result: { rows?: unknown[] } | undefined) => {
      statement.answer = toJson(result?.rows ?? []);
    };
    const callback = args.at(-1);
    // The pool asks with a callback, a transaction with a promise.
    if (typeof callback === "function") {
      const hearing = (error: unknown, result: { rows?: unknown[] }) => {
        hear(result);
        callback(error, result);
      };
      return query.apply(this, [...args.slice(0, -1), hearing]) as never;
    }
    const outcome = query.apply(this, args) as Promise<{ rows?: unknown[] }>;
    outcome.then(hear, () => {});
    return outcome as never;
  });
  return heard;
}

function toJson(rows: readonly unknown[]): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

/**
 * Statements on a shop's table that are not bound to this shop: no parameter is the shop, or no column `shop` is
 * compared with one or written, or any is compared with other shops'. Statistics for the planner tell the app nothing;
 * one statement alone may ask whether others have a thing that this shop has not.
 */
export function findUnscoped(heard: readonly HeardStatement[], shop: string): string[] {
  return heard
    .filter(({ text }) => ON_TABLE.test(text) && !text.startsWith("ANALYZE"))
    .filter((statement) => !isBound(statement, shop))
    .map(({ text }) => text);
}

function isBound({ text, values }: HeardStatement, shop: string): boolean {
  const isTheShop = (parameter: string) => values[Number(parameter.replace("$", "")) - 1] === shop;
  if (/\bshop"? (?:<>|!=|NOT IN)/.test(text)) return text === LIST_FOREIGN_PRODUCTS && values[0] === shop;
  if (/^\s*INSERT INTO/.test(text)) return values.includes(shop);
  // Prisma follows a relation by a list of the shops of the rows that it has, all of which are this one.
  return [...text.matchAll(/\bshop"? (?:= (\$\d+)|IN \(([^)]*)\))/g)].some(([, one, several]) =>
    (one ?? several ?? "").split(",").every(isTheShop),
  );
}
