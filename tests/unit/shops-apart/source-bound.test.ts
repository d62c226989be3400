import { describe, expect, it } from "vitest";
import { findUnboundTables, listParameters } from "#tests/setup/statements/find-unbound-tables.ts";
import { listShopFields, listUnboundFilters } from "#tests/setup/statements/written-filters.ts";
import { listWrittenStatements } from "#tests/setup/statements/written-statements.ts";

const SOURCES = "{app,jobs}/**/*.{ts,tsx}";

interface OfAllShops {
  /** The part that no shop binds: a table's alias, or "where" of a Prisma call. */
  readonly part: string;
  readonly why: string;
}

/** Functions that read the rows of all shops. */
const OF_ALL_SHOPS: Readonly<Record<string, OfAllShops>> = {
  listKeptShops: { part: "where", why: "so do those of what outlives a removal" },
  listShopsUninstalledBefore: { part: "where", why: "what is left of removed shops is erased" },
  listShopsWithoutBackfill: { part: "where", why: "a first reading that was lost is begun again" },
  listShopSecrets: { part: "where", why: "a new key seals every shop's secret anew" },
  listShopsWithoutDueWork: { part: "s", why: "the sweep gives rows to shops that were installed since" },
  listFreeKinds: { part: "w", why: "the sweep asks which kinds of work are due in any shop" },
  claimDueWork: { part: "DueWork", why: "the sweep claims what is due in any shop" },
  freeQueuedDueWork: { part: "DueWork", why: "a queue that was lost held the work of all shops" },
  readDueLoad: { part: "w", why: "the operator is told what is overdue in any shop" },
  countRunsByState: { part: "Run", why: "and how many runs are at work" },
  countGivenUpJobs: { part: "DeadLetter", why: "and which jobs were given up" },
  listActiveRuns: { part: "where", why: "runs that the queue has lost are found again" },
  listShopsOfDeadLetters: {
    part: "where",
    why: "a reading or an erasure that failed for good rests in any shop",
  },
  listOpenErasures: { part: "where", why: "erasures that the queue has lost are asked for again" },
  listShopsWithDueInbox: { part: "where", why: "shops whose messages wait too long" },
  listShopsWithDueDays: { part: "b", why: "shops in which a bundle's first or last day is near" },
  deleteAppliedInboxRows: { part: "where", why: "applied messages are empty and forgotten by their age" },
  endDeadOrderImports: { part: "OrderImport", why: "files of orders whose reader has died are forgotten" },
  listWaitingOrderImports: {
    part: "OrderImport",
    why: "files of orders that lost their job are asked for again",
  },
  readInboxLoad: { part: "InboxEvent", why: "the operator's metrics count messages of all shops" },
  storeSession: {
    part: "where",
    why: "Shopify's package names a session after its shop, in the session's id",
  },
  loadSession: { part: "where", why: "it asks by that id, which it makes of the signed shop" },
  deleteSessions: { part: "where", why: "it forgets by that id" },
  makeMonth: {
    part: "BrowseEvent",
    why: "visits of any shop that came for a month before it was made are put there",
  },
  listOthersAnswers: { part: "where", why: "shops whose owners agreed learn from each other, namelessly" },
  listForeignProducts: {
    part: "other",
    why: "asks whether others have what this shop has not, not whose it is",
  },
};

/** Unbound tables for the parameter that binds the most tables, whether or not it is the shop. */
function findUnbound(sql: string, ofAnyShop?: ReadonlySet<string>): string[] {
  return [0, ...listParameters(sql)]
    .map((shop) => findUnboundTables(sql, (parameter) => parameter === shop, ofAnyShop))
    .reduce((least, found) => (found.length < least.length ? found : least))
    .map(({ alias }) => alias);
}

describe("source code", () => {
  const statements = listWrittenStatements(SOURCES);
  const filters = listUnboundFilters(SOURCES);

  it("is read completely", () => {
    // Fewer would mean that calls are no longer recognised.
    expect(statements.length).toBeGreaterThan(100);
    expect(listShopFields(SOURCES).length).toBeGreaterThan(100);
  });

  it("binds every table of every statement to one shop, except the listed ones", () => {
    const unbound = statements.flatMap(({ at, owner, sql }) =>
      findUnbound(sql, new Set([OF_ALL_SHOPS[owner]?.part ?? ""])).map((alias) => ({ at, owner, alias })),
    );
    expect(unbound).toEqual([]);
  });

  it("binds every Prisma filter to the shop, except the listed ones", () => {
    expect(filters.filter(({ owner, part }) => OF_ALL_SHOPS[owner]?.part !== part)).toEqual([]);
  });

  it("lists no exception that is not needed", () => {
    const parts = [
      ...statements.flatMap(({ owner, sql }) => findUnbound(sql).map((alias) => `${owner} ${alias}`)),
      ...filters.map(({ owner, part }) => `${owner} ${part}`),
    ];
    const named = Object.entries(OF_ALL_SHOPS).map(([owner, { part }]) => `${owner} ${part}`);
    expect(named.filter((one) => !parts.includes(one))).toEqual([]);
  });
});
