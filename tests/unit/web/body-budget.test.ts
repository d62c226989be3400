import { PassThrough } from "node:stream";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BodyBudget } from "#app/web/body-budget.ts";

const MIB = 1024 * 1024;
const MOST = 8 * MIB;

/** A request with a body that the test writes piece by piece. */
function openRequest(headers: Record<string, string> = {}) {
  const stream = Object.assign(new PassThrough({ highWaterMark: 16 * MIB }), { headers });
  return stream as PassThrough & IncomingMessage;
}
const settle = () => vi.advanceTimersByTimeAsync(1);

let budget: BodyBudget;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  budget = new BodyBudget();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("BodyBudget", () => {
  it("refuses a body that is too long, with or without a length header", async () => {
    expect(await budget.read(openRequest({ "content-length": String(MOST + 1) }), MOST)).toBe(413);
    const silent = openRequest();
    const outcome = budget.read(silent, MOST);
    silent.write(Buffer.alloc(MOST + 1));
    expect(await outcome).toBe(413);
  });

  it("ends a stalled body and the body of a sender that has left", async () => {
    const parked = openRequest();
    const outcome = budget.read(parked, MOST);
    parked.write("half");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await outcome).toBe(408);
    const left = openRequest();
    const none = budget.read(left, MOST);
    left.destroy();
    await settle();
    expect(await none).toBeNull();
  });

  it("drops the oldest large bodies when all together use too much memory", async () => {
    const requests = Array.from({ length: 8 }, () => openRequest());
    const outcomes = requests.map((request) => budget.read(request, MOST));
    for (const request of requests) {
      request.write(Buffer.alloc(7 * MIB));
      await settle();
    }
    for (const request of requests) request.end();
    const read = await Promise.all(outcomes);
    expect(read.slice(0, 2)).toEqual([503, 503]);
    expect(read.slice(2).every((body) => Buffer.isBuffer(body) && body.length === 7 * MIB)).toBe(true);
  });

  it("drops a stalled body for a new one, but no recent one", async () => {
    const parked = Array.from({ length: 512 }, () => openRequest());
    const outcomes = parked.map((request) => budget.read(request, MOST));
    expect(await budget.read(openRequest(), MOST)).toBe(503);
    await vi.advanceTimersByTimeAsync(600);
    const late = openRequest();
    const read = budget.read(late, MOST);
    late.end("here");
    expect(String(await read)).toBe("here");
    expect(await outcomes[0]).toBe(408);
  });
});
