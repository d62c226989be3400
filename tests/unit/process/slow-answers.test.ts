import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createSlowAnswers } from "#app/services/deps.server.ts";

/** A clock that moves only through reads and `pass`. */
function openAnswers() {
  let nowMs = 0;
  let readings = 0;
  const ask = createSlowAnswers(() => nowMs);
  const read = (tookMs: number) => async () => {
    const own = ++readings;
    await Promise.resolve();
    nowMs += tookMs;
    return own;
  };
  return { ask, read, pass: (ms: number) => (nowMs += ms), count: () => readings };
}

describe("slow answers", () => {
  it("reports a failure to all waiting callers and reads again afterwards", async () => {
    const { ask, read } = openAnswers();
    const failing = async () => {
      await Promise.resolve();
      throw new Error("gone");
    };
    const both = [ask("a", failing), ask("a", read(0))];
    expect(await Promise.allSettled(both)).toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    expect(await ask("a", read(0))).toBe(1);
  });

  it("returns no answer that was read for different inputs", async () => {
    const { ask, read, count } = openAnswers();
    await ask("a", read(2_000), "all days");
    expect(await ask("a", read(2_000), "without Friday")).toBe(2);
    expect(await ask("a", read(2_000), "without Friday")).toBe(2);
    expect(count()).toBe(2);
  });

  it("reads a quick answer every time, but only once for concurrent callers", async () => {
    const { ask, read } = openAnswers();
    expect(await Promise.all([ask("a", read(10)), ask("a", read(10)), ask("b", read(10))])).toEqual([
      1, 1, 2,
    ]);
    expect(await ask("a", read(10))).toBe(3);
  });

  it("returns a slow answer again for a hundred times as long as it took", async () => {
    const { ask, read, pass, count } = openAnswers();
    await ask("a", read(2_000));
    pass(199_000);
    expect(await ask("a", read(2_000))).toBe(1);
    pass(1_000);
    expect(await ask("a", read(2_000))).toBe(2);
    expect(count()).toBe(2);
  });

  it("releases an expired answer", async () => {
    const { ask, read, pass } = openAnswers();
    const askOnce = async (key: string) => {
      const answer = { key };
      await ask(key, () => read(2_000)().then(() => answer));
      return new WeakRef(answer);
    };
    const first = await askOnce("first page");
    pass(200_000);
    await ask("second page", read(2_000));

    // References created or read in this turn keep their target alive.
    await setImmediate();
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
    expect(first.deref()).toBeUndefined();
  });
});
