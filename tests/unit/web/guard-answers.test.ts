import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { answerFailure } from "#app/web/guard-answers.ts";

const reported: string[] = [];
const closed = new AbortController();
const app = express();
app.get("/failed", (_request, _response, next) => next(new Error("of ours")));
app.get("/left", ({ socket }, _response, next) => {
  socket.once("close", () => {
    next(new Error("nobody is there"));
    closed.abort();
  });
});
app.use(answerFailure((_error, path) => reported.push(path)));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

describe("failing request", () => {
  afterEach(() => reported.splice(0));
  afterAll(() => server.close());

  it("is reported and answered without a stack", async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/failed`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe("Internal Server Error");
    expect(reported).toEqual(["/failed"]);
  });

  it("is not reported after the browser has left", async () => {
    const browser = connect(port, "127.0.0.1");
    browser.write("GET /left HTTP/1.1\r\nHost: shop\r\n\r\n");
    const [request] = (await once(server, "request")) as [express.Request];
    expect(request.url).toBe("/left");
    browser.destroy();
    await once(closed.signal, "abort");
    expect(reported).toEqual([]);
  });
});
