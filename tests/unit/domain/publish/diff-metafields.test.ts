import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffMetafields, groupWrites, type ActualMetafield } from "#app/domain/publish/diff-metafields.ts";
import type { DesiredMetafield } from "#app/domain/publish/plan-offers.ts";

const identity = ({ ownerGid, key }: { ownerGid: string; key: string }) => `${ownerGid} ${key}`;

const anyMetafield = fc.record({
  ownerGid: fc.integer({ min: 1, max: 6 }).map((number) => `gid://shopify/Product/${number}`),
  key: fc.constantFrom("bundles", "bundle_variants"),
  value: fc.constantFrom('{"v":1}', '{"v":2}', '{"v":3}'),
});
const anyDesired = fc.uniqueArray(anyMetafield, { selector: identity });
const anyActual = fc.uniqueArray(
  anyMetafield.map((metafield): ActualMetafield => ({ ...metafield, compareDigest: metafield.value })),
  { selector: identity },
);

describe("diffMetafields", () => {
  it("finds no difference in white space or the order of fields", () => {
    const wanted: DesiredMetafield = {
      ownerGid: "p",
      key: "k",
      value: '{"a":1,"b":[2]}',
    };
    const found: ActualMetafield = { ...wanted, value: '{ "b": [2], "a": 1 }', compareDigest: "d" };

    expect(diffMetafields([wanted], [found])).toEqual({ writes: [], deletions: [], kept: [found] });
  });

  it("overwrites text that is not JSON", () => {
    const wanted: DesiredMetafield = {
      ownerGid: "p",
      key: "k",
      value: "{}",
    };
    const found: ActualMetafield = { ...wanted, value: "{", compareDigest: "d" };

    expect(diffMetafields([wanted], [found]).writes).toEqual([{ ...wanted, compareDigest: "d" }]);
  });

  it("leads from any state to the desired one, and expects the right current value in each write", () => {
    fc.assert(
      fc.property(anyDesired, anyActual, (desired, actual) => {
        const shop = new Map(actual.map((metafield) => [identity(metafield), metafield.value]));
        const diff = diffMetafields(desired, actual);
        for (const write of diff.writes) {
          expect(shop.get(identity(write)) ?? null).toBe(write.compareDigest);
          shop.set(identity(write), write.value);
        }
        for (const deletion of diff.deletions) shop.delete(identity(deletion));
        expect(new Map([...shop].toSorted())).toEqual(
          new Map(desired.map((wanted): [string, string] => [identity(wanted), wanted.value]).toSorted()),
        );
      }),
    );
  });

  it("changes nothing that is already right", () => {
    fc.assert(
      fc.property(anyDesired, (desired) => {
        const actual = desired.map((wanted) => ({ ...wanted, compareDigest: "d" }));
        expect(diffMetafields(desired, actual)).toMatchObject({ writes: [], deletions: [] });
      }),
    );
  });
});

describe("groupWrites", () => {
  it("keeps every write, stays within the limit and splits no owner", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 60 }), (metafieldsOfOwner) => {
        const writes = metafieldsOfOwner.flatMap((count, owner) =>
          ["bundles", "bundle_variants"].slice(0, count).map((key) => ({
            ownerGid: `gid://shopify/Product/${owner}`,
            key,
            value: "{}",
            compareDigest: null,
          })),
        );
        const groups = groupWrites(writes, 25);
        expect(groups.flat()).toEqual(writes);
        const groupsOf = new Map<string, Set<number>>();
        groups.forEach((group, index) => {
          expect(group.length).toBeLessThanOrEqual(25);
          for (const { ownerGid } of group) {
            groupsOf.set(ownerGid, (groupsOf.get(ownerGid) ?? new Set()).add(index));
          }
        });
        for (const indices of groupsOf.values()) expect(indices.size).toBe(1);
      }),
    );
  });
});
