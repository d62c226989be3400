import { describe, expect, it } from "vitest";
import { listNextViews } from "#app/domain/behaviour/sessions/next-views.ts";
import { cutSessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { countSequentialRules, openRuleModel } from "#app/domain/behaviour/sessions/session-rules.ts";

/** Visits that look at the items in turn, a minute apart. */
function toSessions(visits: readonly (readonly number[])[], items: number) {
  const views = visits.flatMap((visit, visitor) =>
    visit.map((item, place) => ({ visitor, item, atMs: place * 60_000 })),
  );
  return cutSessions(
    {
      visitor: views.map(({ visitor }) => visitor),
      item: views.map(({ item }) => item),
      atMs: views.map(({ atMs }) => atMs),
    },
    items,
  );
}

async function list(visits: readonly (readonly number[])[], items: number) {
  const sessions = toSessions(visits, items);
  const model = openRuleModel("rules", countSequentialRules(sessions));
  const { partner, strength, count } = await listNextViews(model, sessions, { count: 2, minViews: 3 });
  return (item: number) => ({
    partners: [...partner.subarray(item * count, (item + 1) * count)],
    strengths: [...strength.subarray(item * count, (item + 1) * count)],
  });
}

describe("the next views of every product", () => {
  it("are none where nobody viewed anything", async () => {
    expect((await list([], 2))(0)).toEqual({ partners: [-1, -1], strengths: [0, 0] });
  });

  it("are those that followed, the likeliest first, and not the product itself", async () => {
    const of = await list(
      [
        [0, 1],
        [0, 1],
        [0, 2],
        [0, 0],
        [1, 2],
        [1, 2],
      ],
      3,
    );
    expect(of(0)).toEqual({ partners: [1, 2], strengths: [1, 0.5] });
  });

  it("are not told of a product that was seldom viewed", async () => {
    const of = await list(
      [
        [0, 1],
        [0, 1],
      ],
      2,
    );
    expect(of(0).partners).toEqual([-1, -1]);
  });

  it("stop being listed by what a pause throws", async () => {
    const items = 200;
    const sessions = toSessions(
      Array.from({ length: items }, (_, item) => [item, (item + 1) % items]),
      items,
    );
    const model = openRuleModel("rules", countSequentialRules(sessions));
    const pause = () => Promise.reject(new Error("aborted"));
    await expect(listNextViews(model, sessions, { count: 1, minViews: 1, pause })).rejects.toThrow("aborted");
  });
});
