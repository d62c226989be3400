import { describe, expect, it } from "vitest";
import { createLog } from "#app/process/log.server.ts";
import {
  requestGraphql,
  ShopifyUserError,
  TIMEOUT_MS,
  type AdminGraphql,
} from "#app/shopify/graphql-request.ts";

const log = createLog("silent");

/** A clock that moves only through waits: once all callers wait, the earliest one continues. */
function openClock() {
  let nowMs = 0;
  const waiting: { untilMs: number; resolve(): void }[] = [];
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      waiting.push({ untilMs: nowMs + ms, resolve });
      setImmediate(() => {
        waiting.sort((a, b) => a.untilMs - b.untilMs);
        const next = waiting.shift()!;
        nowMs = next.untilMs;
        next.resolve();
      });
    });
  return { nowMs: () => nowMs, wait };
}

/** An error as `@shopify/shopify-api` throws it for GraphQL errors. */
function graphqlError(code: string, cost?: unknown): Error {
  return Object.assign(new Error("from Shopify"), {
    response: new Response(null, { status: 200 }),
    body: { errors: { graphQLErrors: [{ message: "told", extensions: { code } }] }, extensions: { cost } },
  });
}

/** A client that returns these outcomes in turn and counts the calls. */
function scripted(outcomes: readonly unknown[]): { graphql: AdminGraphql; calls: () => number } {
  let calls = 0;
  return {
    graphql: async () => {
      const outcome = outcomes[calls];
      calls += 1;
      if (outcome instanceof Error || outcome instanceof Response) throw outcome;
      return Response.json(outcome);
    },
    calls: () => calls,
  };
}

const QUERY = "#graphql\n query ShopName { shop { name } }";
const MUTATION = "#graphql\n mutation Set { metafieldsSet { userErrors { message } } }";

describe("requestGraphql", () => {
  it("throws Shopify's user errors field by field and does not call again", async () => {
    const { graphql, calls } = scripted([
      {
        data: {
          metafieldsSet: {
            userErrors: [{ field: ["metafields", "0"], message: "too long", code: "TOO_LONG" }],
          },
        },
      },
    ]);
    const refused = requestGraphql({ graphql, log }, MUTATION, {});
    await expect(refused).rejects.toThrow("Set: metafields.0: too long");
    await expect(refused).rejects.toBeInstanceOf(ShopifyUserError);
    await expect(refused).rejects.toMatchObject({ isRetryable: false });
    expect(calls()).toBe(1);
  });

  it.each([
    ["OPERATION_IN_PROGRESS", true],
    ["INVALID", false],
  ])("reports a user error %s as retryable: %s", async (code, isRetryable) => {
    const { graphql } = scripted([{ data: { run: { userErrors: [{ message: "told", code }] } } }]);
    await expect(requestGraphql({ graphql, log }, MUTATION, {})).rejects.toMatchObject({ isRetryable });
  });

  it("does not retry an operation that Shopify's schema refuses", async () => {
    const { graphql, calls } = scripted([graphqlError("undefinedField")]);
    await expect(requestGraphql({ graphql, log }, QUERY, {})).rejects.toMatchObject({
      code: "shopify_user_error",
      isRetryable: false,
    });
    expect(calls()).toBe(1);
  });

  it("does not retry a mutation after a broken connection, because the first call may have succeeded", async () => {
    const { graphql, calls } = scripted([new Error("socket hang up")]);
    await expect(requestGraphql({ graphql, log }, MUTATION, {})).rejects.toMatchObject({
      code: "shopify_unreachable",
      isRetryable: true,
    });
    expect(calls()).toBe(1);
  });

  it("retries a query after a broken connection", async () => {
    const { graphql, calls } = scripted([new Error("socket hang up"), { data: { shop: { name: "A" } } }]);
    const clock = openClock();
    expect(await requestGraphql({ graphql, log, clock }, QUERY, {})).toEqual({ shop: { name: "A" } });
    expect(calls()).toBe(2);
  });

  it("does not repeat a query that waited until the time limit, because a page waits for it", async () => {
    const clock = openClock();
    let calls = 0;
    const graphql: AdminGraphql = async () => {
      calls += 1;
      await clock.wait(TIMEOUT_MS);
      throw new Error("timed out");
    };
    await expect(requestGraphql({ graphql, log, clock }, QUERY, {})).rejects.toMatchObject({
      code: "shopify_unreachable",
      isRetryable: true,
    });
    expect(calls).toBe(1);
  });

  it("waits as long as the bucket needs when throttled", async () => {
    const cost = { requestedQueryCost: 100, throttleStatus: { currentlyAvailable: 80, restoreRate: 100 } };
    const { graphql } = scripted([graphqlError("THROTTLED", cost), { data: { shop: { name: "A" } } }]);
    const clock = openClock();
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(200);
  });

  it.each([
    [5, 5_000],
    [3_600, 60_000],
  ])("told to wait %d seconds, waits %d ms: never longer than a minute", async (retryAfter, waitedMs) => {
    const throttled = Object.assign(new Error("Too many requests"), { response: { code: 429, retryAfter } });
    const { graphql } = scripted([throttled, { data: { shop: { name: "A" } } }]);
    const clock = openClock();
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(waitedMs);
  });

  it("paces the next call by the points left in the bucket", async () => {
    const cost = { requestedQueryCost: 50, throttleStatus: { currentlyAvailable: 30, restoreRate: 100 } };
    const answer = { data: { shop: { name: "A" } }, extensions: { cost } };
    const { graphql } = scripted([answer, answer]);
    const clock = openClock();
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(0);
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(210);
  });

  it("waits for the highest known cost of an operation, not for the last one", async () => {
    const reported = (requestedQueryCost: number, currentlyAvailable: number) => ({
      data: { shop: { name: "A" } },
      extensions: { cost: { requestedQueryCost, throttleStatus: { currentlyAvailable, restoreRate: 100 } } },
    });
    const { graphql } = scripted([reported(50, 1_000), reported(10, 30), reported(50, 1_000)]);
    const clock = openClock();
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(0);
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    expect(clock.nowMs()).toBe(210);
  });

  it("never uses more points at once than the bucket holds", async () => {
    const [maximum, perSecond, cost] = [120, 200, 50];
    const clock = openClock();
    let [available, readAtMs, refused] = [maximum, 0, 0];
    const graphql: AdminGraphql = async () => {
      const nowMs = clock.nowMs();
      available = Math.min(maximum, available + ((nowMs - readAtMs) / 1_000) * perSecond);
      readAtMs = nowMs;
      if (available < cost) refused++;
      else available -= cost;
      const throttleStatus = { currentlyAvailable: Math.floor(available), restoreRate: perSecond };
      await clock.wait(20);
      const extensions = { cost: { requestedQueryCost: cost, throttleStatus } };
      return Response.json({ data: { shop: { name: "A" } }, extensions });
    };
    await requestGraphql({ graphql, log, clock }, QUERY, {});
    await Promise.all(Array.from({ length: 6 }, () => requestGraphql({ graphql, log, clock }, QUERY, {})));
    expect(refused).toBe(0);
  });
});
