import { describe, expect, it } from "vitest";
import { cutSessions, type Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { listSessionCases, measureNextViews } from "#app/domain/behaviour/sessions/session-measure.ts";
import type { SessionModel } from "#app/domain/behaviour/sessions/session-model.ts";
import { openSessionNeighbours } from "#app/domain/behaviour/sessions/session-neighbours.ts";
import {
  countRecentViews,
  countSequentialRules,
  countSessionPairs,
  openRuleModel,
} from "#app/domain/behaviour/sessions/session-rules.ts";

const ITEMS = 6;
const MINUTE_MS = 60_000;
/** One session a row, a view a minute, the sessions an hour apart. */
function sessionsOf(...rows: readonly (readonly number[])[]): Sessions {
  const views = { visitor: [] as number[], atMs: [] as number[], item: [] as number[] };
  rows.forEach((row, visitor) =>
    row.forEach((item, minute) => {
      views.visitor.push(visitor);
      views.atMs.push((visitor * 60 + minute) * MINUTE_MS);
      views.item.push(item);
    }),
  );
  return cutSessions(views, ITEMS);
}
function scoresOf(model: SessionModel, views: number[]): number[] {
  const into = new Float32Array(ITEMS).fill(9);
  model.score({ views, atMs: 0 }, into);
  return [...into];
}
const every = () => true;

describe("rules of sessions", () => {
  it("count a pair both ways, a sequence only forwards and by its distance", () => {
    const past = sessionsOf([0, 1, 2], [0, 0]);
    expect(scoresOf(openRuleModel("pairs", countSessionPairs(past)), [5, 1])).toEqual([1, 0, 1, 0, 0, 0]);
    const rules = openRuleModel("rules", countSequentialRules(past));
    expect(scoresOf(rules, [0])).toEqual([0, 1, 0.5, 0, 0, 0]);
    expect(scoresOf(rules, [2])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("halve an older view's weight with each half-life", () => {
    const counts = countRecentViews(sessionsOf([0], [1]), 60 * MINUTE_MS);
    expect([...counts]).toEqual([0.5, 1, 0, 0, 0, 0]);
    expect([...countRecentViews(sessionsOf(), 1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("session neighbours", () => {
  it("say nothing where no session shares a product", () => {
    const model = openSessionNeighbours(sessionsOf([0, 1]));
    expect(scoresOf(model, [5])).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("trust a session that shares the newest view more than one that shares the first", () => {
    const model = openSessionNeighbours(sessionsOf([0, 3], [1, 4], [5, 5]));
    const scores = scoresOf(model, [0, 2, 1]);
    expect(scores[4]).toBeGreaterThan(scores[3]!);
    expect(scores[5]).toBe(0);
  });

  it("prefer what lies next to the shared product, and answer the same when asked again", () => {
    const model = openSessionNeighbours(sessionsOf([0, 1, 2, 3]));
    const scores = scoresOf(model, [0]);
    expect(scores[1]).toBeGreaterThan(scores[2]!);
    expect(scores[2]).toBeGreaterThan(scores[3]!);
    expect(scoresOf(model, [0])).toEqual(scores);
  });
});

describe("measuring the next view", () => {
  const fixed = (...scores: number[]): SessionModel => ({
    name: "fixed",
    score: (_, into) => into.set(scores),
  });

  it("asks every view but the first, and passes over products that were not learned", () => {
    const cases = listSessionCases(sessionsOf([0, 5, 1, 0], [2]), (item) => item !== 5);
    expect(cases.map(({ views, next, isNew }) => [[...views], next, isNew])).toEqual([
      [[0], 1, true],
      [[0, 1], 0, false],
    ]);
  });

  it("counts no score as no guess, and leaves seen products out where only new ones are asked", async () => {
    const cases = listSessionCases(sessionsOf([0, 1, 0]), every);
    const measured = await measureNextViews(fixed(3, 2, 1, 0, 0, 0), cases, ITEMS);
    // 0 is first; 1 is second of all and first of the new ones.
    expect(measured).toMatchObject({ hr20: 1, mrr20: (1 / 2 + 1) / 2, newHr20: 1, newMrr20: 1 });
    const silent = await measureNextViews(fixed(0, 0, 0, 0, 0, 0), cases, ITEMS);
    expect(silent).toMatchObject({ hr20: 0, mrr20: 0, newHr20: 0, newMrr20: 0 });
  });

  it("of nothing is 0, and stops when aborted", async () => {
    expect(await measureNextViews(fixed(1), [], 1)).toMatchObject({ hr20: 0, newMrr20: 0 });
    const cases = listSessionCases(sessionsOf([0, 1]), every);
    const pause = () => Promise.reject(new Error("aborted"));
    await expect(measureNextViews(fixed(1, 1), cases, 2, pause)).rejects.toThrow("aborted");
  });
});
