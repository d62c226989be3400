import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readDueLoad } from "#app/data/due-work/fleet-load.server.ts";
import { readInboxLoad } from "#app/data/inbox/inbox.server.ts";
import { answerOperator } from "#app/web/answer-operator.ts";
import { answerMetrics, createWebMetrics } from "#app/web/metrics.server.ts";
import { startWorkers } from "#jobs/start-workers.ts";
import { createWorkerMetrics, serveWorker } from "#jobs/worker-metrics.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const TOKEN = "a-token-of-some-length";

const deps = await openTestDeps();
const servers: Server[] = [];

beforeAll(async () => {
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const openWeb = () =>
  createWebMetrics(
    () => readInboxLoad(deps.pool),
    () => readDueLoad(deps.pool),
  );

describe("/metrics of the web process", () => {
  it.each([
    ["no token", 401, {}],
    ["another token", 401, { Authorization: "Bearer another" }],
    ["the token", 200, { Authorization: `Bearer ${TOKEN}` }],
  ])("answers a request with %s by %d", async (_, status, headers) => {
    const url = await serve(answerMetrics(openWeb().registry, TOKEN));
    expect((await fetch(url, { headers })).status).toBe(status);
  });

  it("without a token answers only this machine, and nobody through a proxy on it", async () => {
    const url = await serve(answerMetrics(openWeb().registry, undefined));
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { headers: { "X-Forwarded-For": "203.0.113.9" } })).status).toBe(403);
  });

  it("counts webhooks by topic and answer, and waiting rows, without naming a shop", async () => {
    const metrics = openWeb();
    const answer = { method: "POST", path: "/webhooks", status: 200, seconds: 0.004 };
    metrics.observe({ ...answer, topic: "orders/create" });
    metrics.observe({ ...answer, status: 401, topic: "made/up" });
    metrics.observe({ ...answer, path: `/${SHOP}`, method: "PROPFIND", topic: undefined });
    const waiting = { shop: SHOP, topic: "orders/create", triggeredAt: new Date(), payload: {} };
    await deps.db.inboxEvent.createMany({
      data: [
        { ...waiting, webhookId: "w1", receivedAt: new Date(Date.now() - 90_000) },
        { ...waiting, webhookId: "w2", receivedAt: new Date(Date.now() - 90_000_000), attempts: 40 },
        { ...waiting, webhookId: "w3", topic: "customers/redact", receivedAt: new Date(), attempts: 40 },
      ],
    });
    const text = await (await fetch(await serve(answerMetrics(metrics.registry, undefined)))).text();
    expect(text).toContain('bundlesmith_webhooks_total{topic="orders/create",status="200"} 1');
    expect(text).toContain('bundlesmith_webhooks_total{topic="other",status="401"} 1');
    expect(text).toContain('bundlesmith_http_seconds_count{method="GET",part="other",status="200"} 1');
    expect(text).toContain("bundlesmith_inbox_waiting 1\n");
    expect(text).toContain("bundlesmith_inbox_stuck 2\n");
    expect(text).toContain("bundlesmith_inbox_stuck_requests 1\n");
    const oldest = Number(/^bundlesmith_inbox_oldest_seconds (\S+)$/m.exec(text)?.[1]);
    expect(oldest).toBeGreaterThan(85);
    expect(oldest).toBeLessThan(50_000);
    expect(text).not.toContain(SHOP);
  });
});

describe("what is overdue", () => {
  it("is reported by kind and age without naming a shop, and every alert uses a reported figure", async () => {
    const dueAt = new Date(Date.now() - 7_200_000);
    await deps.db.dueWork.create({ data: { shop: SHOP, kind: "collect.reconcile", dueAt } });
    const web = await openWeb().registry.metrics();
    const oldest = Number(
      /^bundlesmith_due_oldest_seconds\{kind="collect.reconcile"\} (\S+)$/m.exec(web)?.[1],
    );
    expect(oldest).toBeGreaterThanOrEqual(7_200);
    expect(oldest).toBeLessThan(100_000);
    expect(web).toContain('bundlesmith_due_waiting{kind="collect.reconcile"} 1');
    expect(web).toContain('bundlesmith_due_waiting{kind="prepare.start"} 0');
    expect(web).not.toContain(SHOP);

    const worker = await createWorkerMetrics(deps.jobs).registry.metrics();
    const alerts = readFileSync("app/docs/alerts.yaml", "utf8");
    const figures = new Set(
      [...alerts.matchAll(/bundlesmith_\w+/g)].map(([name]) => name.replace(/_(count|bucket)$/, "")),
    );
    expect(figures.size).toBeGreaterThan(5);
    expect([...figures].filter((name) => !`${web}${worker}`.includes(`# TYPE ${name} `))).toEqual([]);
  });

  it("is on the operator's page, for anyone who has the token", async () => {
    const page = express().get("/operator", answerOperator({ ...deps, token: TOKEN }));
    const url = `${await serve(page)}/operator`;
    const ask = (password?: string) => {
      const basic = Buffer.from(`operator:${password}`).toString("base64");
      return fetch(url, password === undefined ? {} : { headers: { Authorization: `Basic ${basic}` } });
    };
    expect((await ask()).status).toBe(401);
    expect((await ask("another")).status).toBe(401);
    const answer = await ask(TOKEN);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    for (const cell of [SHOP, "collect.reconcile", "nightly", "done in the last hour"])
      expect(text).toContain(cell);
  });
});

describe("a worker process", () => {
  it("counts its jobs by name and outcome, and is not ready once it stops", async () => {
    const { redisUrl } = deps;
    const metrics = createWorkerMetrics(deps.jobs);
    const workers = await startWorkers(deps, { redisUrl, queues: ["ingest"], metrics });
    let isStopping = false;
    const server = serveWorker(metrics, {
      pool: deps.pool,
      redisUrl,
      isLeaving: () => isStopping,
      port: 0,
      token: undefined,
    });
    servers.push(server);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await deps.jobs.enqueue("collect.apply", { shop: SHOP }, { dedupeKey: "any" });
    const done =
      'bundlesmith_job_seconds_count{queue="ingest",lane="live",job="collect.apply",outcome="completed"} 1';
    await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toContain(done);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    isStopping = true;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await workers.close();
  });
});
