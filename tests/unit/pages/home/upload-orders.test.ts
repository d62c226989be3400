import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import {
  cancelUpload,
  followUpload,
  packOrders,
  toUploadAnswer,
  uploadOrders,
} from "#app/pages/home/upload-orders.ts";

const reader = openWords("en");
const report = {
  orders: 1_200,
  lines: 3_000,
  matchedLines: 2_850,
  coveredOrders: 0,
  longOrders: 0,
  rejectedCount: 0,
  rejected: [],
};

describe("packOrders", () => {
  it("compresses a file unless it is already compressed, whatever its name", async () => {
    const csv = "order_id,ts,sku\n".repeat(1_000);
    const bytesOf = async (file: File) => Buffer.from(await (await packOrders(file)).arrayBuffer());
    const packed = gzipSync(csv);
    expect(await bytesOf(new File([packed], "orders.csv"))).toEqual(packed);
    expect(gunzipSync(await bytesOf(new File([csv], "orders.csv"))).toString()).toBe(csv);
  });
});

describe("uploadOrders", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("requests the token after compression, because compression can take longer than a token is valid", async () => {
    const done: string[] = [];
    class Sent {
      readonly upload = {};
      readonly status = 200;
      readonly responseText = JSON.stringify(report);
      onload = () => {};
      open() {}
      setRequestHeader(name: string, value: string) {
        if (name === "Authorization") done.push(value);
      }
      send() {
        this.onload();
      }
    }
    vi.stubGlobal("XMLHttpRequest", Sent);
    const file = new File(["order_id,ts,sku\n"], "orders.csv");
    const packed = file.stream().pipeThrough(new TransformStream({ flush: () => void done.push("packed") }));
    vi.spyOn(file, "stream").mockReturnValue(packed);
    const progress = { onSent: () => {}, onRead: () => {} };
    const answer = await uploadOrders(file, async () => `token after ${done.at(-1)}`, progress, reader);
    expect([answer.ok, ...done]).toEqual([true, "packed", "Bearer token after packed"]);
  });
});

describe("followUpload", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const percents: number[] = [];
  const follow = (...answers: readonly Response[]) => {
    const left = [...answers];
    vi.stubGlobal("fetch", async () => left.shift() ?? Promise.reject(new TypeError("Failed to fetch")));
    percents.length = 0;
    return followUpload({ onRead: (percent) => percents.push(percent) }, reader);
  };

  it.each<[string, readonly Response[]]>([
    ["none is at work", [Response.json(null)]],
    ["the right is missing", [Response.json({ problem: "no" }, { status: 403 })]],
    ["the app does not answer", []],
  ])("returns null when %s", async (_, answers) => {
    expect(await follow(...answers)).toBeNull();
  });

  it("follows an upload to its end", async () => {
    vi.useFakeTimers();
    const followed = follow(Response.json({ percent: 40 }, { status: 202 }), Response.json(report));
    await vi.runAllTimersAsync();
    expect(await followed).toMatchObject({
      ok: true,
      message: expect.stringContaining("Added 1,200 orders"),
    });
    expect(percents).toEqual([40]);
  });

  it("continues while the app is unavailable for a moment", async () => {
    vi.useFakeTimers();
    const away = [429, 502, 503].map((status) => new Response("<html>", { status }));
    const followed = follow(Response.json({ percent: 40 }, { status: 202 }), ...away, Response.json(report));
    await vi.runAllTimersAsync();
    expect(await followed).toMatchObject({ ok: true });
  });

  it("reports an unknown result after a minute without an answer", async () => {
    vi.useFakeTimers();
    const followed = follow(Response.json({ percent: 40 }, { status: 202 }));
    await vi.runAllTimersAsync();
    expect(await followed).toMatchObject({
      ok: false,
      message: expect.stringContaining("may still be reading"),
    });
  });
});

describe("cancelUpload", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each<[string, () => Promise<Response>, boolean]>([
    ["confirmed", async () => new Response(null, { status: 204 }), true],
    ["refused", async () => new Response(null, { status: 503 }), false],
    ["without an answer", async () => Promise.reject(new TypeError("Failed to fetch")), false],
  ])("reports whether the app cancelled it: %s", async (_, answer, isCancelled) => {
    vi.stubGlobal("fetch", answer);
    expect(await cancelUpload()).toBe(isCancelled);
  });
});

describe("toUploadAnswer", () => {
  it("shows what is wrong with the file", () => {
    const body = JSON.stringify({ problem: "the file has no usable row" });
    expect(toUploadAnswer(422, body, reader)).toEqual({
      ok: false,
      message: "the file has no usable row",
      details: [],
    });
  });

  it.each([
    [502, "<html>Bad gateway</html>"],
    [200, "<html>Log in</html>"],
    [500, "{}"],
  ])("treats status %i with a foreign body as a failure", (status, body) => {
    expect(toUploadAnswer(status, body, reader)).toMatchObject({
      ok: false,
      message: expect.stringContaining(String(status)),
    });
  });

  it("counts what was added and omits zero counts", () => {
    expect(toUploadAnswer(200, JSON.stringify(report), reader)).toEqual({
      ok: true,
      message: "Added 1,200 orders with 3,000 lines. 95% of the lines are products of your shop.",
      details: [],
    });
  });

  it("uses the singular for one", () => {
    const single = { ...report, orders: 1, lines: 1, matchedLines: 1, coveredOrders: 1, rejectedCount: 1 };
    const { message } = toUploadAnswer(200, JSON.stringify(single), reader);
    expect(message).toContain("Added 1 order with 1 line.");
    expect(message).toContain("Skipped 1 order that Shopify had already sent. Could not use 1 row.");
  });

  it("counts the orders with too many lines", () => {
    const { message } = toUploadAnswer(200, JSON.stringify({ ...report, longOrders: 27 }), reader);
    expect(message).toContain("Skipped 27 orders with more than 500 lines");
  });

  it("lists the first unusable rows by line", () => {
    const rejected = Array.from({ length: 20 }, (_, index) => ({ line: index + 2, reason: "no price" }));
    const answer = toUploadAnswer(200, JSON.stringify({ ...report, rejectedCount: 40, rejected }), reader);
    expect(answer.message).toContain("Could not use 40 rows.");
    expect(answer.details).toHaveLength(5);
    expect(answer.details[0]).toBe("Line 2: no price");
  });
});
