import { describe, expect, it } from "vitest";
import { findUnboundTables } from "#tests/setup/statements/find-unbound-tables.ts";

/** Aliases of the unbound tables. `$1` is the shop, `$2` another shop, higher parameters are other values. */
const unbound = (sql: string) =>
  findUnboundTables(sql, (parameter) => parameter === 1).map(({ alias }) => alias);

describe("a table with a shop column is not bound to the shop", () => {
  it.each([
    ["without any condition", `SELECT * FROM "Order"`, ["Order"]],
    ["by another shop", `SELECT * FROM "Order" WHERE shop = $2`, ["Order"]],
    ["by other shops only", `SELECT * FROM "Order" WHERE shop <> $1`, ["Order"]],
    ["by a negated condition", `SELECT * FROM "Order" WHERE NOT shop = $1`, ["Order"]],
    ["by one side of an OR", `SELECT * FROM "Order" WHERE shop = $1 OR "isTest"`, ["Order"]],
    ["by a list with another shop", `SELECT * FROM "Order" WHERE shop IN ($1, $2)`, ["Order"]],
    [
      "by a list of rows with another shop",
      `SELECT 1 FROM "Order" WHERE (shop, "orderGid") IN (($1, $3), ($2, $4))`,
      ["Order"],
    ],
    ["by another column", `SELECT * FROM "Order" WHERE "orderGid" = $1`, ["Order"]],
    ["by a comparison in the SELECT list", `SELECT shop = $1 FROM "Order"`, ["Order"]],
    ["by a HAVING condition", `SELECT shop FROM "Order" GROUP BY 1 HAVING shop = $1`, ["Order"]],
    ["by a literal", `SELECT * FROM "Order" WHERE shop = 'a.myshopify.com'`, ["Order"]],
    ["by itself", `SELECT * FROM "Order" o WHERE o.shop = o.shop`, ["o"]],
    ["by an unbound table", `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop`, ["o", "l"]],
    [
      "by only the gid of a bound table",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON l."orderGid" = o."orderGid" WHERE o.shop = $1`,
      ["l"],
    ],
    [
      "by only its foreign key",
      `SELECT 1 FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId" WHERE b.shop = $1`,
      ["c"],
    ],
    [
      "by an inequality with a bound table",
      `SELECT 1 FROM "Order" o, "OrderLine" l WHERE o.shop = $1 AND l.shop >= o.shop`,
      ["l"],
    ],
    [
      "as the outer side of a bound left join",
      `SELECT 1 FROM "Order" o LEFT JOIN "Refund" r ON r.shop = $1 AND o.shop = $1`,
      ["o"],
    ],
    [
      "as the outer side of a bound right join",
      `SELECT 1 FROM "Refund" r RIGHT JOIN "Order" o ON o.shop = r.shop WHERE r.shop = $1`,
      ["o"],
    ],
    [
      "by a full join",
      `SELECT 1 FROM "Order" o FULL JOIN "Refund" r ON r.shop = o.shop AND o.shop = $1`,
      ["o", "r"],
    ],
    [
      "by USING without the shop",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l USING ("orderGid") WHERE o.shop = $1`,
      ["l"],
    ],
    ["by an ambiguous condition", `SELECT 1 FROM "Order" o, "OrderLine" l WHERE shop = $1`, ["o", "l"]],
    [
      "in one branch of a union",
      `SELECT 1 FROM "Order" WHERE shop = $1 UNION SELECT 1 FROM "Refund"`,
      ["Refund"],
    ],
    [
      "in the first of three branches of a union",
      `SELECT 1 FROM "Order" UNION ALL SELECT 1 FROM "Refund" WHERE shop = $1 UNION ALL SELECT 1 FROM "Run" WHERE shop = $1`,
      ["Order"],
    ],
    ["in a CTE", `WITH known AS (SELECT * FROM "Order") SELECT 1 FROM known WHERE shop = $1`, ["Order"]],
    [
      "next to a bound CTE",
      `WITH known AS (SELECT * FROM "Order" WHERE shop = $1) SELECT 1 FROM known, "Refund"`,
      ["Refund"],
    ],
    [
      "by a CTE with several shops",
      `WITH named AS (SELECT unnest($3::text[]) AS shop) SELECT 1 FROM "Order" o JOIN named USING (shop)`,
      ["o"],
    ],
    ["in a CTE of a subquery", `SELECT (WITH k AS (SELECT * FROM "Run") SELECT count(*) FROM k)`, ["Run"]],
    [
      "in a subquery of FROM",
      `SELECT 1 FROM (SELECT sum("amountMinor") FROM "Refund") r, "Order" o WHERE o.shop = $1`,
      ["Refund"],
    ],
    [
      "in a subquery of a condition",
      `SELECT 1 FROM "Order" WHERE shop = $1 AND "orderGid" IN (SELECT "orderGid" FROM "Refund")`,
      ["Refund"],
    ],
    [
      "in a subquery of the SELECT list",
      `SELECT (SELECT count(*) FROM "Refund") FROM "Order" WHERE shop = $1`,
      ["Refund"],
    ],
    [
      "in a subquery of a join condition",
      `SELECT 1 FROM "Order" o JOIN "Refund" r ON r.shop = $1 AND EXISTS (SELECT FROM "Run") WHERE o.shop = $1`,
      ["Run"],
    ],
    [
      "in a subquery of a limit",
      `SELECT 1 FROM "Order" WHERE shop = $1 LIMIT (SELECT count(*) FROM "Run")`,
      ["Run"],
    ],
    [
      "in a subquery with a condition on the outer query only",
      `SELECT 1 FROM "Order" o WHERE o.shop = $1 AND EXISTS (SELECT FROM "Refund" r WHERE o.shop = $1)`,
      ["r"],
    ],
    [
      "next to a bound subquery",
      `SELECT 1 FROM "Order" o WHERE EXISTS (SELECT FROM "Refund" WHERE shop = $1)`,
      ["o"],
    ],
    [
      "in a lateral query",
      `SELECT 1 FROM "Order" o, LATERAL (SELECT FROM "Refund" r WHERE r."orderGid" = o."orderGid") x WHERE o.shop = $1`,
      ["r"],
    ],
    [
      "in an argument of a function in FROM",
      `SELECT 1 FROM unnest(ARRAY(SELECT "orderGid" FROM "Order")) g`,
      ["Order"],
    ],
    ["in a cursor", `DECLARE c CURSOR FOR SELECT * FROM "Order"`, ["Order"]],
    ["in an EXPLAIN", `EXPLAIN SELECT * FROM "Order"`, ["Order"]],
    ["in a CREATE TABLE AS", `CREATE TEMP TABLE t AS SELECT * FROM "Order"`, ["Order"]],
    ["in the second of two statements", `SELECT 1; SELECT * FROM "Order"`, ["Order"]],
    ["in a TRUNCATE", `TRUNCATE "Order"`, ["Order"]],
    ["in a LOCK", `LOCK TABLE "Order"`, ["Order"]],
    ["in a COPY", `COPY "Order" TO STDOUT`, ["Order"]],
    ["as the target of a SELECT INTO", `SELECT 1 INTO "Order"`, ["Order"]],
    [
      "as the target of a MERGE",
      `MERGE INTO "Run" r USING (SELECT 1) x ON r.shop = $1 WHEN MATCHED THEN DELETE`,
      ["Run"],
    ],
    ["in a DELETE without a condition", `DELETE FROM "Order"`, ["Order"]],
    [
      "in a DELETE with only the other table bound",
      `DELETE FROM "Order" o USING "Refund" r WHERE r.shop = $1 AND r."orderGid" = o."orderGid"`,
      ["o"],
    ],
    [
      "as the other table of a DELETE",
      `DELETE FROM "Order" o USING "Refund" r WHERE o.shop = $1 AND r."orderGid" = o."orderGid"`,
      ["r"],
    ],
    ["in an UPDATE without a condition", `UPDATE "Order" SET "isTest" = true`, ["Order"]],
    [
      "in the FROM of an UPDATE",
      `UPDATE "Order" o SET "refundedMinor" = r.sum FROM (SELECT sum("amountMinor") FROM "Refund") r WHERE o.shop = $1`,
      ["Refund"],
    ],
    [
      "in the value of an UPDATE",
      `UPDATE "Order" SET "arm" = (SELECT max(arm) FROM "BrowseEvent") WHERE shop = $1`,
      ["BrowseEvent"],
    ],
    ["in an UPDATE to another shop", `UPDATE "Order" SET shop = $2 WHERE shop = $1`, ["Order"]],
    ["in an INSERT for another shop", `INSERT INTO "Run" (id, shop) VALUES ($3, $2)`, ["Run"]],
    [
      "in an INSERT with one row for another shop",
      `INSERT INTO "Run" (id, shop) VALUES ($3, $1), ($4, $2)`,
      ["Run"],
    ],
    ["in an INSERT with a null shop", `INSERT INTO "Run" (id, shop) VALUES ($3, NULL)`, ["Run"]],
    ["in an INSERT of the shop into another column", `INSERT INTO "Run" (id, step) VALUES ($3, $1)`, ["Run"]],
    ["in an INSERT without column names", `INSERT INTO "Run" VALUES ($1, $3)`, ["Run"]],
    [
      "in an INSERT with an unknown position of the shop",
      `INSERT INTO "Run" (id, shop) SELECT r.*, $1 FROM unnest($3::text[]) r`,
      ["Run"],
    ],
    [
      "in an INSERT of a union with another shop",
      `INSERT INTO "Run" (shop) SELECT $1 UNION SELECT $2`,
      ["Run"],
    ],
    ["as the source of an INSERT", `INSERT INTO "Run" (shop, id) SELECT $1, id FROM "Bundle"`, ["Bundle"]],
    [
      "in an INSERT of the source's shop",
      `INSERT INTO "Run" (shop) SELECT shop FROM "Bundle"`,
      ["Bundle", "Run"],
    ],
    [
      "in an upsert on a key without the shop",
      `INSERT INTO "TrainingCheckpoint" (shop, "runId", key) VALUES ($1, $3, $4) ON CONFLICT ("runId", key) DO UPDATE SET state = $5`,
      ["TrainingCheckpoint"],
    ],
    [
      "in an upsert that changes the shop",
      `INSERT INTO "Run" (shop) VALUES ($1) ON CONFLICT (shop) DO UPDATE SET shop = $2`,
      ["Run"],
    ],
    [
      "in a CTE that deletes",
      `WITH gone AS (DELETE FROM "Order" RETURNING 1) SELECT count(*) FROM gone`,
      ["Order"],
    ],
    [
      "in a RETURNING clause",
      `DELETE FROM "Order" WHERE shop = $1 RETURNING (SELECT count(*) FROM "Run")`,
      ["Run"],
    ],
  ])("%s", (_, sql, expected) => {
    expect(unbound(sql)).toEqual(expected);
  });
});

describe("a table with a shop column is bound to the shop", () => {
  it.each([
    ["by its parameter", `SELECT * FROM "public"."Order" WHERE ("public"."Order"."shop" = $1 AND 1=1)`],
    ["by its parameter on the left and cast", `SELECT * FROM "Order" o WHERE $1::text = o.shop`],
    ["by lists of only the shop", `SELECT 1 FROM "Order" WHERE shop IN ($1, $1) AND shop = ANY($1)`],
    ["by an empty list", `SELECT 1 FROM "Order" WHERE shop IN (NULL)`],
    ["by a list of rows", `SELECT 1 FROM "Order" WHERE (shop, "orderGid") IN (($1, $3), ($1, $4))`],
    ["by a bound table", `SELECT 1 FROM "Order" o JOIN "OrderLine" l ON o.shop = l.shop WHERE o.shop = $1`],
    [
      "through several tables",
      `SELECT 1 FROM "Run" a, "Run" b, "Run" c WHERE c.shop = b.shop AND b.shop = a.shop AND a.shop = $1`,
    ],
    [
      "as the inner side of a join",
      `SELECT 1 FROM "Order" o LEFT JOIN "Refund" r ON r.shop = o.shop WHERE o.shop = $1`,
    ],
    [
      "by USING with the shop",
      `SELECT 1 FROM "Order" o JOIN "OrderLine" l USING (shop, "orderGid") WHERE o.shop = $1`,
    ],
    [
      "in all branches of a union",
      `SELECT 1 FROM "Order" WHERE shop = $1 UNION SELECT 1 FROM "Refund" WHERE shop = $1`,
    ],
    [
      "by a CTE with the shop",
      `WITH k AS (SELECT shop FROM "Shop" WHERE shop = $1) INSERT INTO "Run" (shop) SELECT shop FROM k`,
    ],
    [
      "by all columns of a CTE",
      `WITH k AS (SELECT o.* FROM "Order" o WHERE shop = $1) SELECT 1 FROM k JOIN "Refund" r USING (shop)`,
    ],
    [
      "by a renamed column of a CTE",
      `WITH k(s, shop) AS (SELECT 1, $1::text) SELECT 1 FROM k JOIN "Refund" r ON r.shop = k.shop`,
    ],
    [
      "by the outer query",
      `SELECT (SELECT count(*) FROM "Refund" r WHERE r.shop = o.shop) FROM "Order" o WHERE o.shop = $1`,
    ],
    [
      "by the outer table of a lateral query",
      `SELECT 1 FROM "Order" o LEFT JOIN LATERAL (SELECT FROM "Refund" r WHERE r.shop = o.shop) x ON true WHERE o.shop = $1`,
    ],
    [
      "next to a table without a shop column",
      `INSERT INTO visitor SELECT e."visitorKey" FROM "BrowseEvent" e JOIN shown USING ("bundleId") WHERE shop = $1`,
    ],
    ["in an INSERT", `INSERT INTO "Run" (id, shop) VALUES ($3, $1), ($4, $1) ON CONFLICT DO NOTHING`],
    [
      "in an INSERT of an array",
      `INSERT INTO "Run" (shop, id) SELECT $1, * FROM unnest($3::text[]) ON CONFLICT (shop, id) DO UPDATE SET id = EXCLUDED.id`,
    ],
    [
      "in an upsert with a condition on the shop",
      `INSERT INTO "Run" (shop, id) VALUES ($1, $3) ON CONFLICT (id) DO UPDATE SET step = '' WHERE "Run".shop = EXCLUDED.shop`,
    ],
    [
      "in a SELECT FOR UPDATE",
      `SELECT 1 FROM "Order" k JOIN unnest($3::text[]) g ON true WHERE k.shop = $1 FOR UPDATE OF k`,
    ],
    [
      "in an UPDATE from the same table",
      `UPDATE "Product" p SET title = k.title FROM "Product" k WHERE p.shop = $1 AND k.shop = p.shop`,
    ],
    ["in an ANALYZE", `ANALYZE (SKIP_LOCKED) "Order", "OrderLine"`],
    ["in a statement without tables", `SELECT pg_advisory_xact_lock(hashtextextended($3, 0))`],
  ])("%s", (_, sql) => {
    expect(unbound(sql)).toEqual([]);
  });
});

describe("a table that may be read for any shop", () => {
  const ofAny = (sql: string) =>
    findUnboundTables(sql, () => false, new Set(["b"])).map(({ alias }) => alias);

  it("does not allow the same for other tables", () => {
    expect(ofAny(`SELECT 1 FROM "Bundle" b JOIN "Shop" s ON s.shop <> b.shop`)).toEqual(["s"]);
  });

  it("binds another table by its shop", () => {
    expect(ofAny(`SELECT 1 FROM "Bundle" b LEFT JOIN "Shop" s ON s.shop = b.shop`)).toEqual([]);
  });
});
