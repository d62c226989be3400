import { describe, expect, it } from "vitest";
import { BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { RUN_STATUSES } from "#app/domain/run-status.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();

describe.each([
  ["Bundle", BUNDLE_STATUSES],
  ["Run", RUN_STATUSES],
])("a row of %s", (table, statuses) => {
  it("can have every state that the app knows and no other", async () => {
    const { rows } = await deps.pool.query<{ definition: string; isChecked: boolean }>(
      `SELECT pg_get_constraintdef(oid) AS definition, convalidated AS "isChecked"
       FROM pg_constraint WHERE conname = $1`,
      [`${table}_status_known`],
    );
    const [constraint] = rows;
    const taken = [...constraint!.definition.matchAll(/'([a-z]+)'/g)].map(([, status]) => status);
    expect(taken.toSorted()).toEqual([...statuses].sort());
    expect(constraint!.isChecked).toBe(true);
  });

  it("in an unknown state is refused by the database", async () => {
    const columns =
      table === "Run"
        ? `(id, shop, status, "cutoffAt") VALUES ('r', 's', 'done', now())`
        : `(id, shop, "componentKey", kind, title, status, "discountRatio", currency, expected, evidence, validation,
            "updatedAt") VALUES ('b', 's', 'k', 'seasonal', 't', 'done', 0.1, 'USD', '{}', '[]', '{}', now())`;
    await expect(deps.pool.query(`INSERT INTO "${table}" ${columns}`)).rejects.toThrow(
      `${table}_status_known`,
    );
  });
});
