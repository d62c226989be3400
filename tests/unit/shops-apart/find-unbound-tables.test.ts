import { describe, expect, it } from "vitest";
import { findUnboundTables } from "#tests/setup/statements/find-unbound-tables.ts";

/** `$1` is the shop, `$2` is another one, and what is above is something else. */
const unbound = (sql: string) =>
  findUnboundTables(sql, (parameter) => parameter === 1).map(({ alias }) => alias);

describe("a table of shops is not bound to the shop", () => {
  it.each([
    ["without any condition", `SELECT * FROM "Order"`, ["Order"]],
    ["by another shop", `SELECT * FROM "Order" WHERE shop = $2`, ["Order"]],
    ["by any shop but this one", `SELECT * FROM "Order" WHERE shop <> $1`, ["Order"]],
    ["by a condition that is denied", `SELECT * FROM "Order" WHERE NOT shop = $1`, ["Order"]],
    ["by one of two alternatives", `SELECT * FROM "Order" WHERE shop = $1 OR "isTest"`, ["Order"]],
    ["by a list that holds another shop", `SELECT * FROM "Order" WHERE shop IN ($1, $2)`, ["Order"]],
    [
      "by a row of a list that holds another",
      `SELECT 1 FROM "Order" WHERE (shop, "orderGid") IN (($1, $3), ($2, $4))`,
      ["Order"],
    ],
    ["by another column", `SELECT * FROM "Order" WHERE "orderGid" = $1`, ["Order"]],
    ["by a condition on what is shown", `SELECT shop = $1 FROM "Order"`, ["Order"]],
    ["by a condition on its groups", `SELECT shop FROM "Order" GROUP BY 1 HAVING shop = $1`, ["Order"]],
    ["by a literal", `SELECT * FROM "Order" WHERE shop = 'a.myshopify.com'`, ["Order"]],
    ["by itself", `SELECT * FROM "Order" o WHERE o.shop = o.shop`, ["o"]],
    [
      "by a table that is bound by nothing else",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop`,
      ["o", "l"],
    ],
    [
      "by the gid alone of a table that is",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON l."orderGid" = o."orderGid" WHERE o.shop = $1`,
      ["l"],
    ],
    [
      "by its foreign key alone",
      `SELECT 1 FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId" WHERE b.shop = $1`,
      ["c"],
    ],
    [
      "by a comparison with a bound table that is not equality",
      `SELECT 1 FROM "Order" o, "OrderLine" l WHERE o.shop = $1 AND l.shop >= o.shop`,
      ["l"],
    ],
    [
      "as the outer side of a join that is bound",
      `SELECT 1 FROM "Order" o LEFT JOIN "Refund" r ON r.shop = $1 AND o.shop = $1`,
      ["o"],
    ],
    [
      "as the outer side of a join the other way",
      `SELECT 1 FROM "Refund" r RIGHT JOIN "Order" o ON o.shop = r.shop WHERE r.shop = $1`,
      ["o"],
    ],
    [
      "by a full join",
      `SELECT 1 FROM "Order" o FULL JOIN "Refund" r ON r.shop = o.shop AND o.shop = $1`,
      ["o", "r"],
    ],
    [
      "by columns of the same name but the shop's",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l USING ("orderGid") WHERE o.shop = $1`,
      ["l"],
    ],
    [
      "where the condition is ambiguous",
      `SELECT 1 FROM "Order" o, "OrderLine" l WHERE shop = $1`,
      ["o", "l"],
    ],
    [
      "in one arm of a union",
      `SELECT 1 FROM "Order" WHERE shop = $1 UNION SELECT 1 FROM "Refund"`,
      ["Refund"],
    ],
    [
      "in the first arm of three",
      `SELECT 1 FROM "Order" UNION ALL SELECT 1 FROM "Refund" WHERE shop = $1 UNION ALL SELECT 1 FROM "Run" WHERE shop = $1`,
      ["Order"],
    ],
    [
      "in a named query",
      `WITH known AS (SELECT * FROM "Order") SELECT 1 FROM known WHERE shop = $1`,
      ["Order"],
    ],
    [
      "beside a named query that is bound",
      `WITH known AS (SELECT * FROM "Order" WHERE shop = $1) SELECT 1 FROM known, "Refund"`,
      ["Refund"],
    ],
    [
      "by a named query that holds several shops",
      `WITH named AS (SELECT unnest($3::text[]) AS shop) SELECT 1 FROM "Order" o JOIN named USING (shop)`,
      ["o"],
    ],
    [
      "in a named query inside a subquery",
      `SELECT (WITH k AS (SELECT * FROM "Run") SELECT count(*) FROM k)`,
      ["Run"],
    ],
    [
      "in a query that a table is drawn from",
      `SELECT 1 FROM (SELECT sum("amountMinor") FROM "Refund") r, "Order" o WHERE o.shop = $1`,
      ["Refund"],
    ],
    [
      "in a subquery of a condition",
      `SELECT 1 FROM "Order" WHERE shop = $1 AND "orderGid" IN (SELECT "orderGid" FROM "Refund")`,
      ["Refund"],
    ],
    [
      "in a subquery of what is shown",
      `SELECT (SELECT count(*) FROM "Refund") FROM "Order" WHERE shop = $1`,
      ["Refund"],
    ],
    [
      "in a subquery of a join's condition",
      `SELECT 1 FROM "Order" o JOIN "Refund" r ON r.shop = $1 AND EXISTS (SELECT FROM "Run") WHERE o.shop = $1`,
      ["Run"],
    ],
    [
      "in a subquery of a limit",
      `SELECT 1 FROM "Order" WHERE shop = $1 LIMIT (SELECT count(*) FROM "Run")`,
      ["Run"],
    ],
    [
      "in a subquery whose condition is on the outer query",
      `SELECT 1 FROM "Order" o WHERE o.shop = $1 AND EXISTS (SELECT FROM "Refund" r WHERE o.shop = $1)`,
      ["r"],
    ],
    [
      "beside a subquery that is",
      `SELECT 1 FROM "Order" o WHERE EXISTS (SELECT FROM "Refund" WHERE shop = $1)`,
      ["o"],
    ],
    [
      "in a lateral query",
      `SELECT 1 FROM "Order" o, LATERAL (SELECT FROM "Refund" r WHERE r."orderGid" = o."orderGid") x WHERE o.shop = $1`,
      ["r"],
    ],
    [
      "in an argument of a function that rows are drawn from",
      `SELECT 1 FROM unnest(ARRAY(SELECT "orderGid" FROM "Order")) g`,
      ["Order"],
    ],
    ["in a cursor", `DECLARE c CURSOR FOR SELECT * FROM "Order"`, ["Order"]],
    ["in a query that is explained", `EXPLAIN SELECT * FROM "Order"`, ["Order"]],
    ["in a table that is made of it", `CREATE TEMP TABLE t AS SELECT * FROM "Order"`, ["Order"]],
    ["in the second of two statements", `SELECT 1; SELECT * FROM "Order"`, ["Order"]],
    ["when it is emptied", `TRUNCATE "Order"`, ["Order"]],
    ["when it is locked", `LOCK TABLE "Order"`, ["Order"]],
    ["when it is copied", `COPY "Order" TO STDOUT`, ["Order"]],
    ["when a query is selected into it", `SELECT 1 INTO "Order"`, ["Order"]],
    [
      "when it is merged into",
      `MERGE INTO "Run" r USING (SELECT 1) x ON r.shop = $1 WHEN MATCHED THEN DELETE`,
      ["Run"],
    ],
    ["when all of it is deleted", `DELETE FROM "Order"`, ["Order"]],
    [
      "when it is deleted by what another is bound to",
      `DELETE FROM "Order" o USING "Refund" r WHERE r.shop = $1 AND r."orderGid" = o."orderGid"`,
      ["o"],
    ],
    [
      "that a deletion uses",
      `DELETE FROM "Order" o USING "Refund" r WHERE o.shop = $1 AND r."orderGid" = o."orderGid"`,
      ["r"],
    ],
    ["when all of it is changed", `UPDATE "Order" SET "isTest" = true`, ["Order"]],
    [
      "that a change draws from",
      `UPDATE "Order" o SET "refundedMinor" = r.sum FROM (SELECT sum("amountMinor") FROM "Refund") r WHERE o.shop = $1`,
      ["Refund"],
    ],
    [
      "in the value of a change",
      `UPDATE "Order" SET "arm" = (SELECT max(arm) FROM "BrowseEvent") WHERE shop = $1`,
      ["BrowseEvent"],
    ],
    ["when its rows move to another shop", `UPDATE "Order" SET shop = $2 WHERE shop = $1`, ["Order"]],
    ["when another shop's row is written", `INSERT INTO "Run" (id, shop) VALUES ($3, $2)`, ["Run"]],
    [
      "when one of several rows is another shop's",
      `INSERT INTO "Run" (id, shop) VALUES ($3, $1), ($4, $2)`,
      ["Run"],
    ],
    ["when no shop is written", `INSERT INTO "Run" (id, shop) VALUES ($3, NULL)`, ["Run"]],
    ["when the shop is written in another column", `INSERT INTO "Run" (id, step) VALUES ($3, $1)`, ["Run"]],
    ["when the order of the columns is not said", `INSERT INTO "Run" VALUES ($1, $3)`, ["Run"]],
    [
      "when the place of the shop is not known",
      `INSERT INTO "Run" (id, shop) SELECT r.*, $1 FROM unnest($3::text[]) r`,
      ["Run"],
    ],
    [
      "when one arm of what is written is another shop's",
      `INSERT INTO "Run" (shop) SELECT $1 UNION SELECT $2`,
      ["Run"],
    ],
    [
      "that what is written is drawn from",
      `INSERT INTO "Run" (shop, id) SELECT $1, id FROM "Bundle"`,
      ["Bundle"],
    ],
    [
      "when what is written brings its own shop",
      `INSERT INTO "Run" (shop) SELECT shop FROM "Bundle"`,
      ["Bundle", "Run"],
    ],
    [
      "when a row that is in the way may be another's",
      `INSERT INTO "TrainingCheckpoint" (shop, "runId", key) VALUES ($1, $3, $4) ON CONFLICT ("runId", key) DO UPDATE SET state = $5`,
      ["TrainingCheckpoint"],
    ],
    [
      "when a row that is in the way moves to another",
      `INSERT INTO "Run" (shop) VALUES ($1) ON CONFLICT (shop) DO UPDATE SET shop = $2`,
      ["Run"],
    ],
    [
      "in a named query that deletes",
      `WITH gone AS (DELETE FROM "Order" RETURNING 1) SELECT count(*) FROM gone`,
      ["Order"],
    ],
    [
      "in what a change gives back",
      `DELETE FROM "Order" WHERE shop = $1 RETURNING (SELECT count(*) FROM "Run")`,
      ["Run"],
    ],
  ])("%s", (_, sql, expected) => {
    expect(unbound(sql)).toEqual(expected);
  });
});

describe("a table of shops is bound to the shop", () => {
  it.each([
    ["by its parameter", `SELECT * FROM "public"."Order" WHERE ("public"."Order"."shop" = $1 AND 1=1)`],
    ["by its parameter on the left and cast", `SELECT * FROM "Order" o WHERE $1::text = o.shop`],
    ["by lists of nothing else", `SELECT 1 FROM "Order" WHERE shop IN ($1, $1) AND shop = ANY($1)`],
    ["by a list of nothing", `SELECT 1 FROM "Order" WHERE shop IN (NULL)`],
    ["by rows of a list", `SELECT 1 FROM "Order" WHERE (shop, "orderGid") IN (($1, $3), ($1, $4))`],
    ["by a bound table", `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON o.shop = l.shop WHERE o.shop = $1`],
    [
      "over several tables",
      `SELECT 1 FROM "Run" a, "Run" b, "Run" c WHERE c.shop = b.shop AND b.shop = a.shop AND a.shop = $1`,
    ],
    [
      "as the inner side of a join",
      `SELECT 1 FROM "Order" o LEFT JOIN "Refund" r ON r.shop = o.shop WHERE o.shop = $1`,
    ],
    [
      "by columns of the same name",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l USING (shop, "orderGid") WHERE o.shop = $1`,
    ],
    [
      "in all arms of a union",
      `SELECT 1 FROM "Order" WHERE shop = $1 UNION SELECT 1 FROM "Refund" WHERE shop = $1`,
    ],
    [
      "by a named query that gives the shop",
      `WITH k AS (SELECT shop FROM "Shop" WHERE shop = $1) INSERT INTO "Run" (shop) SELECT shop FROM k`,
    ],
    [
      "by all columns of a named query",
      `WITH k AS (SELECT o.* FROM "Order" o WHERE shop = $1) SELECT 1 FROM k JOIN "Refund" r USING (shop)`,
    ],
    [
      "by a renamed column of one",
      `WITH k(s, shop) AS (SELECT 1, $1::text) SELECT 1 FROM k JOIN "Refund" r ON r.shop = k.shop`,
    ],
    [
      "by the outer query",
      `SELECT (SELECT count(*) FROM "Refund" r WHERE r.shop = o.shop) FROM "Order" o WHERE o.shop = $1`,
    ],
    [
      "by a lateral query's neighbour",
      `SELECT 1 FROM "Order" o LEFT JOIN LATERAL (SELECT FROM "Refund" r WHERE r.shop = o.shop) x ON true WHERE o.shop = $1`,
    ],
    [
      "beside what is of no shop",
      `INSERT INTO visitor SELECT e."visitorKey" FROM "BrowseEvent" e JOIN shown USING ("bundleId") WHERE shop = $1`,
    ],
    [
      "when rows are written",
      `INSERT INTO "Run" (id, shop) VALUES ($3, $1), ($4, $1) ON CONFLICT DO NOTHING`,
    ],
    [
      "when rows of a list are written",
      `INSERT INTO "Run" (shop, id) SELECT $1, * FROM unnest($3::text[]) ON CONFLICT (shop, id) DO UPDATE SET id = EXCLUDED.id`,
    ],
    [
      "when a row that is in the way must be the shop's",
      `INSERT INTO "Run" (shop, id) VALUES ($1, $3) ON CONFLICT (id) DO UPDATE SET step = '' WHERE "Run".shop = EXCLUDED.shop`,
    ],
    [
      "when it is locked for a change",
      `SELECT 1 FROM "Order" k JOIN unnest($3::text[]) g ON true WHERE k.shop = $1 FOR UPDATE OF k`,
    ],
    [
      "when it is changed by itself",
      `UPDATE "Product" p SET title = k.title FROM "Product" k WHERE p.shop = $1 AND k.shop = p.shop`,
    ],
    ["when it is counted for the planner alone", `ANALYZE (SKIP_LOCKED) "Order", "OrderLine"`],
    ["in no statement that names none", `SELECT pg_advisory_xact_lock(hashtextextended($3, 0))`],
  ])("%s", (_, sql) => {
    expect(unbound(sql)).toEqual([]);
  });
});

describe("a table that may be read for any shop", () => {
  const ofAny = (sql: string) =>
    findUnboundTables(sql, () => false, new Set(["b"])).map(({ alias }) => alias);

  it("lets no other one be so", () => {
    expect(ofAny(`SELECT 1 FROM "Bundle" b JOIN "Shop" s ON s.shop <> b.shop`)).toEqual(["s"]);
  });

  it("binds another one by its shop", () => {
    expect(ofAny(`SELECT 1 FROM "Bundle" b LEFT JOIN "Shop" s ON s.shop = b.shop`)).toEqual([]);
  });
});
