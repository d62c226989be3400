import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkByCoViews, cutSessions } from "#app/domain/behaviour/sessions/co-views.ts";

const ITEMS = 6;

function link(visits: readonly (readonly number[])[]) {
  const views = visits.flatMap((visit, visitor) =>
    visit.map((item, place) => ({ visitor, item, atMs: place * 60_000 })),
  );
  const links = linkByCoViews(
    cutSessions(
      {
        visitor: views.map(({ visitor }) => visitor),
        item: views.map(({ item }) => item),
        atMs: views.map(({ atMs }) => atMs),
      },
      ITEMS,
    ),
  );
  return (a: number, b: number) => {
    const own = links.partner.subarray(links.offsets[a], links.offsets[a + 1]);
    const at = own.indexOf(b);
    return at < 0 ? 0 : links.weight[links.offsets[a]! + at]!;
  };
}

describe("co-view links", () => {
  it("are none without views", () => {
    expect(link([])(0, 1)).toBe(0);
  });

  it("are the shared visits over the geometric mean of both items' visits, shrunk by five", () => {
    const of = link([[0, 1], [0, 1, 1], [0], [0], [2, 1], [2, 1]]);
    expect(of(0, 1)).toBeCloseTo(2 / (Math.sqrt(4 * 4) + 5));
    expect(of(0, 2)).toBe(0);
  });

  it("grow with the number of visits at the same share", () => {
    const few = link([[0, 1]])(0, 1);
    const many = link(Array.from({ length: 50 }, () => [0, 1]))(0, 1);
    expect(many).toBeGreaterThan(4 * few);
  });

  it("are symmetric, below 1, and never link an item to itself", () => {
    const visit = fc.array(fc.integer({ min: 0, max: ITEMS - 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 40 }), (visits) => {
        const of = link(visits);
        for (let a = 0; a < ITEMS; a++) {
          expect(of(a, a)).toBe(0);
          for (let b = 0; b < a; b++) {
            expect(of(a, b)).toBe(of(b, a));
            expect(of(a, b)).toBeLessThan(1);
          }
        }
      }),
    );
  });
});
