import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countSessions,
  cutSessions,
  firstSessionAt,
  newestSessions,
  sessionEndMs,
  sliceSessions,
  type Sessions,
} from "#app/domain/behaviour/sessions/co-views.ts";

const MINUTE_MS = 60_000;
const ITEMS = 4;
type View = readonly [visitor: number, minute: number, item: number];
const cut = (views: readonly View[], options = {}) =>
  cutSessions(
    {
      visitor: views.map(([visitor]) => visitor),
      atMs: views.map(([, minute]) => minute * MINUTE_MS),
      item: views.map(([, , item]) => item),
    },
    ITEMS,
    options,
  );
const itemsOf = ({ offsets, item }: Sessions) =>
  Array.from({ length: offsets.length - 1 }, (_, session) => [
    ...item.subarray(offsets[session]!, offsets[session + 1]!),
  ]);
const views = fc.array(fc.tuple(fc.nat(3), fc.nat(300), fc.nat(ITEMS - 1)), { maxLength: 60 });

describe("cutSessions", () => {
  it("returns no session without views", () => {
    expect(countSessions(cut([]))).toBe(0);
    expect(firstSessionAt(cut([]), 0)).toBe(0);
  });

  it("leaves out views from the cutoff on and never joins two visitors", () => {
    const two: View[] = [
      [1, 0, 0],
      [2, 1, 1],
      [1, 2, 2],
    ];
    expect(itemsOf(cut(two))).toEqual([[1], [0, 2]]);
    expect(itemsOf(cut(two, { beforeMs: 2 * MINUTE_MS }))).toEqual([[0], [1]]);
  });

  it("keeps a repeated view and orders a session by time, whatever the log's order", () => {
    const back: View[] = [
      [1, 2, 0],
      [1, 0, 0],
      [1, 1, 3],
    ];
    expect(itemsOf(cut(back))).toEqual([[0, 3, 0]]);
  });

  it("starts a new session after 30 minutes of silence", () => {
    const silent: View[] = [
      [1, 0, 0],
      [1, 31, 1],
    ];
    expect(itemsOf(cut(silent))).toEqual([[0], [1]]);
  });

  it("keeps only whole sessions, the newest ones that fit the number of views", () => {
    const three = cut([
      [1, 0, 0],
      [2, 40, 1],
      [2, 41, 2],
      [3, 99, 3],
    ]);
    expect(itemsOf(newestSessions(three, 0))).toEqual([]);
    expect(itemsOf(newestSessions(three, 2))).toEqual([[3]]);
    expect(itemsOf(newestSessions(three, 3))).toEqual([[1, 2], [3]]);
    expect(itemsOf(newestSessions(three, 99))).toEqual(itemsOf(three));
  });

  it("puts every view in exactly one session, with the sessions in order of their end", () => {
    fc.assert(
      fc.property(views, fc.nat(300), (given, minute) => {
        const sessions = cut(given);
        expect(sessions.item).toHaveLength(given.length);
        expect(itemsOf(sessions).flat().sort()).toEqual(given.map(([, , item]) => item).sort());
        const ends = Array.from({ length: countSessions(sessions) }, (_, s) => sessionEndMs(sessions, s));
        expect(ends).toEqual(ends.slice().sort((a, b) => a - b));
        const from = firstSessionAt(sessions, minute * MINUTE_MS);
        const [before, after] = [
          sliceSessions(sessions, 0, from),
          sliceSessions(sessions, from, ends.length),
        ];
        expect([...itemsOf(before), ...itemsOf(after)]).toEqual(itemsOf(sessions));
        expect(ends.slice(0, from).every((end) => end < minute * MINUTE_MS)).toBe(true);
        expect(ends.slice(from).every((end) => end >= minute * MINUTE_MS)).toBe(true);
      }),
    );
  });
});
