import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toConnection } from "#tests/standin/admin-api/connection.ts";
import { LeakyBucket } from "#tests/standin/admin-api/leaky-bucket.ts";
import { pickFields } from "#tests/standin/shop/app-config.ts";
import { toDecimal, toHundredths } from "#tests/standin/shop/decimal.ts";

interface Row {
  gid: string;
  rank: number;
}

const rows = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 5 })), {
    selector: ([id]) => id,
    maxLength: 40,
  })
  .map((pairs) => pairs.map(([id, rank]): Row => ({ gid: `gid://shopify/Product/${id}`, rank })));

const pageOf = (records: Row[], args: Parameters<typeof toConnection>[1]) =>
  toConnection(records, args, { keyOf: ({ rank }) => rank, idOf: ({ gid }) => gid, isBulk: false });

describe("pages of a connection", () => {
  it("contain all records once and in order, whatever the page size and direction", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), fc.boolean(), (records, first, reverse) => {
        const seen: Row[] = [];
        let after: string | null = null;
        for (;;) {
          const { nodes, pageInfo } = pageOf(records, { first, after, reverse });
          seen.push(...nodes);
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
        }
        expect(seen).toEqual(pageOf(records, { first: 250, reverse }).nodes);
        expect(new Set(seen.map(({ gid }) => gid)).size).toBe(records.length);
      }),
    );
  });

  it("contain the same records when read backwards", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (records, last) => {
        const seen: Row[] = [];
        let before: string | null = null;
        for (;;) {
          const { nodes, pageInfo } = pageOf(records, { last, before });
          seen.unshift(...nodes);
          if (!pageInfo.hasPreviousPage) break;
          before = pageInfo.startCursor;
        }
        expect(seen).toEqual(pageOf(records, { first: 250 }).nodes);
      }),
    );
  });
});

describe("the bucket of points", () => {
  it("never gives out more than its size plus the refill of the time", () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(2_000), points: fc.integer({ min: 1, max: 60 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (sequence) => {
        let nowMs = 0;
        const bucket = new LeakyBucket(100, 20, () => nowMs);
        let taken = 0;
        for (const { waitMs, points } of sequence) {
          nowMs += waitMs;
          if (bucket.take(points)) taken += points;
          const { currentlyAvailable, maximumAvailable } = bucket.status();
          expect(currentlyAvailable).toBeGreaterThanOrEqual(0);
          expect(currentlyAvailable).toBeLessThanOrEqual(maximumAvailable);
        }
        expect(taken).toBeLessThanOrEqual(100 + (nowMs / 1_000) * 20 + 1e-6);
      }),
    );
  });
});

describe("include_fields", () => {
  it("keeps only the named fields", () => {
    const payload = { id: 1, customer: { id: 2, email: "a@b.example" }, lines: [{ sku: "A", price: "1" }] };
    expect(pickFields(payload, ["customer.id", "lines.sku", "absent"])).toEqual({
      customer: { id: 2 },
      lines: [{ sku: "A" }],
    });
    expect(pickFields(payload, ["customer", "customer.id"])).toEqual({ customer: payload.customer });
  });
});

describe("money", () => {
  it("reads back what it wrote, to the hundredth", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (hundredths) => {
        expect(toHundredths(toDecimal(hundredths)) === hundredths).toBe(true);
      }),
    );
    expect(() => toHundredths("1.999")).toThrow("at most two places");
  });
});
