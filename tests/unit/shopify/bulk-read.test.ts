import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createLog } from "#app/process/log.server.ts";
import { fetchBulkLines, readInBulk } from "#app/shopify/bulk-read.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";

let server: ReturnType<typeof createServer> | undefined;
afterEach(() => server?.close());

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Sends two lines and the start of a third one, then closes the connection. */
const breakOff: RequestListener = (_request, response) => {
  response.write('{"id":"1"}\n{"id":"2"}\n{"id"', () => response.destroy());
};

async function readAll(url: string, signal?: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of fetchBulkLines(url, signal)) lines.push(line);
  return lines;
}

describe("fetchBulkLines", () => {
  it("splits only at line feeds, not at Unicode separators, and joins characters split between chunks", async () => {
    const lines = ['{"title":"Tea\u2028for two"}', '{"title":"Th\u00e9\u2029"}', '{"title":""}'];
    const bytes = Buffer.from(lines.join("\n"));
    const torn = bytes.indexOf("\u00e9") + 1;
    const url = await serve((_request, response) => {
      response.write(bytes.subarray(0, torn), () => setTimeout(() => response.end(bytes.subarray(torn)), 20));
    });
    expect(await readAll(url)).toEqual(lines);
  });

  it("throws a retryable error when the result breaks off", async () => {
    await expect(readAll(await serve(breakOff))).rejects.toMatchObject({
      code: "shopify_unreachable",
      isRetryable: true,
      message: "The bulk result broke off",
    });
  });

  const stopped = new Error("Stopped");

  it("throws the caller's reason when the caller aborts the request", async () => {
    const caller = new AbortController();
    const url = await serve(() => caller.abort(stopped));
    await expect(readAll(url, caller.signal)).rejects.toBe(stopped);
    server!.closeAllConnections();
  });

  it("throws the caller's reason when the caller aborts between lines", async () => {
    const caller = new AbortController();
    const url = await serve((_request, response) => void response.write('{"id":"1"}\n'));
    const lines = fetchBulkLines(url, caller.signal);
    await lines.next();
    caller.abort(stopped);
    await expect(lines.next()).rejects.toBe(stopped);
    server!.closeAllConnections();
  });
});

describe("readInBulk", () => {
  it("reads again when the result of the earlier attempt is lost", async () => {
    const url = await serve((_request, response) => void response.end('{"id":"1"}\n{"id":"2"}\n'));
    const operations: Record<string, object> = {
      former: { status: "COMPLETED", errorCode: null, objectCount: "2", url: null },
      present: { status: "COMPLETED", errorCode: null, objectCount: "2", url },
    };
    const graphql: AdminGraphql = (operation, options) => {
      const bulkOperation = operations[String(options?.variables?.["id"])];
      const started = { bulkOperationRunQuery: { bulkOperation: { id: "present" }, userErrors: [] } };
      return Promise.resolve(
        Response.json({ data: operation.includes("RunBulkQuery") ? started : { bulkOperation } }),
      );
    };
    const reading = { graphql, log: createLog("silent"), from: { operationGid: "former", records: 1 } };
    const read: unknown[] = [];
    for await (const { node } of readInBulk(reading, "{ products }")) read.push(node);
    expect(read).toEqual([{ id: "1" }, { id: "2" }]);
  });
});
