import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, createServer as createPooler, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { shopRow } from "#tests/factories/shop-row.ts";
import { listStorm, signStorm } from "#tests/factories/webhook-storm.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { holdLimits } from "#tests/setup/hold-limits.ts";
import { until } from "#tests/setup/patience.ts";
import { ENCRYPTION_KEYS, openTestDeps } from "#tests/setup/test-deps.ts";
import { createSessionToken } from "#tests/standin/shop/session-token.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PRELOAD = new URL("../../standin/preload.mjs", import.meta.url).href;
const KEYS = { SHOPIFY_API_KEY: "key", SHOPIFY_API_SECRET: "secret", ENCRYPTION_KEYS };
/** Nothing listens on the port of the discard protocol. */
const NOWHERE = "127.0.0.1:9";
/** More batches from one network than any limit allows. */
const FAR_TOO_MANY = 1_000_000;

const deps = await openTestDeps();
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function startWeb(
  changed: Record<string, string | undefined>,
  [program, ...args] = [process.execPath, "app/web.ts"],
) {
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      DATABASE_URL: deps.databaseUrl,
      REDIS_URL: deps.redisUrl,
      SHOPIFY_APP_URL: "https://app.example",
      LOG_LEVEL: "error",
      ...KEYS,
      ...changed,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; lines: string[] }>((resolve) => {
    child.once("close", (code) => resolve({ code, lines: errors.trim().split("\n") }));
  });
  return { child, ended };
}

const untilAnswering = (url: string) => until(() => fetch(url).catch(() => null), `${url} answers`);

describe("the web process", () => {
  it.each([
    ["an environment without its secret", { SHOPIFY_API_SECRET: undefined }, /SHOPIFY_API_SECRET/],
    [
      "a database that is down",
      { DATABASE_URL: `postgres://u:hunter2@${NOWHERE}/x` },
      /PostgreSQL.*DATABASE_URL/,
    ],
  ])("refuses %s in one line without a password", async (_, changed, message) => {
    const { code, lines } = await startWeb(changed).ended;
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(message);
    expect(lines[0]).not.toContain("hunter2");
  });

  it("refuses a database without the newest migration in one line that names it", async () => {
    const { rows } = await deps.pool.query<{ name: string }>(
      `UPDATE "_prisma_migrations" SET "finished_at" = NULL
       WHERE "migration_name" = (SELECT max("migration_name") FROM "_prisma_migrations")
       RETURNING "migration_name" AS "name"`,
    );
    const { code, lines } = await startWeb({}).ended;
    await deps.pool.query(
      `UPDATE "_prisma_migrations" SET "finished_at" = now() WHERE "finished_at" IS NULL`,
    );
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`the migration ${rows[0]!.name} is missing`);
    expect(lines[0]).toContain("npx prisma migrate deploy");
  });

  it("refuses a connection pooler that does not accept its time limits, in one line", async () => {
    // Answers like a PgBouncer without `ignore_startup_parameters`.
    const pooler = createPooler((client) =>
      client.once("data", (startup: Buffer) => {
        const [, refused = "nothing"] = /\0(statement_timeout)\0/.exec(startup.toString()) ?? [];
        const fields = Buffer.from(`SFATAL\0C08P01\0Munsupported startup parameter: ${refused}\0\0`);
        const head = Buffer.from("E0000");
        head.writeInt32BE(fields.length + 4, 1);
        client.end(Buffer.concat([head, fields]));
      }),
    ).listen(0);
    await once(pooler, "listening");
    const { port } = pooler.address() as AddressInfo;
    const { code, lines } = await startWeb({ DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/x` }).ended;
    pooler.close();
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toContain("unsupported startup parameter: statement_timeout");
  });

  it("starts while Redis is down, takes webhooks, and reports its pages as not ready", async () => {
    const shop = "early-shop.myshopify.com";
    await deps.db.shop.create({ data: shopRow(shop) });
    const port = await findFreePort();
    const { child, ended } = startWeb({ PORT: String(port), REDIS_URL: `redis://:hunter2@${NOWHERE}` });
    const url = `http://127.0.0.1:${port}`;
    await untilAnswering(`${url}/healthz`);
    const [webhook] = listStorm(1);
    const answer = await fetch(`${url}/webhooks`, {
      method: "POST",
      headers: signStorm(webhook!, { shop, secret: KEYS.SHOPIFY_API_SECRET }),
      body: webhook!.rawBody,
    });
    expect(answer.status).toBe(200);
    expect(await deps.db.inboxEvent.count({ where: { shop, appliedAt: null } })).toBe(1);
    expect((await fetch(`${url}/readyz/intake`)).status).toBe(200);
    expect((await fetch(`${url}/readyz/pages`)).status).toBe(503);
    child.kill("SIGKILL");
    const { lines } = await ended;
    expect(lines.join()).not.toContain("hunter2");
  });

  it("closes connections once it is asked to stop, so that no client delays it", async () => {
    const port = await findFreePort();
    const { child } = startWeb({ PORT: String(port), SHUTDOWN_WAIT_SECONDS: "60" });
    const ready = `http://127.0.0.1:${port}/readyz/intake`;
    await untilAnswering(ready);
    expect((await fetch(ready)).headers.get("connection")).not.toBe("close");
    child.kill("SIGTERM");
    // A request from before the signal can be answered after it, without the change.
    await until(async () => {
      const { status, headers } = await fetch(ready);
      return status === 503 && headers.get("connection") === "close";
    }, "it is not ready any more, and keeps no connection");
  });

  it.each([
    ["a token", /nothing/],
    ["an answer about the shop", /access_token$/],
  ])("tells a merchant who installs it what to do when Shopify does not give it %s", async (_, given) => {
    const token = JSON.stringify({ access_token: "any", scope: "", expires_in: 3_600 });
    const shopify = createServer((request, response) => {
      response.writeHead(given.test(request.url!) ? 200 : 402, { "content-type": "application/json" });
      response.end(token);
    }).listen(0);
    const shopifyUrl = `http://127.0.0.1:${(shopify.address() as AddressInfo).port}`;
    const port = await findFreePort();
    startWeb({ PORT: String(port), STANDIN_URL: shopifyUrl, NODE_OPTIONS: `--import=${PRELOAD}` });
    await untilAnswering(`http://127.0.0.1:${port}/healthz`);
    const shop = "new-shop.myshopify.com";
    const query = new URLSearchParams({
      shop,
      host: Buffer.from("admin.shopify.com/store/new-shop").toString("base64url"),
      embedded: "1",
      id_token: createSessionToken({ shop, apiKey: "key", apiSecret: "secret" }),
    });
    const answer = await fetch(`http://127.0.0.1:${port}/app?${query}`, {
      headers: { "user-agent": BROWSER_USER_AGENT },
    });
    shopify.close();
    expect(answer.status).toBe(500);
    expect(/<h1>(.*)<\/h1>/.exec(await answer.text())?.[1]).toBe("Something went wrong on our side");
  });

  it("ends before `npm start` does, which a supervisor asks to stop", async () => {
    const port = await findFreePort();
    const settings = { PORT: String(port), SHUTDOWN_WAIT_SECONDS: "0" };
    const { child } = startWeb(settings, ["npm", "start"]);
    await untilAnswering(`http://127.0.0.1:${port}/healthz`);
    child.kill("SIGTERM");
    await once(child, "exit");
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it("refuses a port that another process holds", async () => {
    const holder = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, () => resolve(server));
    });
    const port = (holder.address() as AddressInfo).port;
    const { code, lines } = await startWeb({ PORT: String(port) }).ended;
    holder.close();
    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(
      `Port ${port} is in use by another process. Stop that one, or set PORT to a free port.`,
    );
  });
});

describe("the pages over HTTP", () => {
  let standin: Standin;
  let appUrl: string;
  let web: ReturnType<typeof startWeb>;
  /** The current staff member; the stand-in reads this again for every token. */
  const staff: { isOwner: boolean; scopes: string[] | null } = { isOwner: true, scopes: null };

  beforeAll(async () => {
    const port = await findFreePort();
    appUrl = `http://127.0.0.1:${port}`;
    standin = await startStandin({
      appUrl,
      apiKey: KEYS.SHOPIFY_API_KEY,
      apiSecret: KEYS.SHOPIFY_API_SECRET,
      staff,
    });
    web = startWeb({
      PORT: String(port),
      SHOPIFY_APP_URL: appUrl,
      STANDIN_URL: standin.url,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
    });
    // These tests share the process; the last of them stops it.
    children.length = 0;
    await untilAnswering(`${appUrl}/privacy`);
  });
  afterAll(async () => {
    web.child.kill("SIGKILL");
    await standin.stop();
  });

  const load = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${appUrl}${path}`, {
      redirect: "manual",
      headers: { "user-agent": BROWSER_USER_AGENT, ...headers },
    });
  const loadAsMerchant = (path: string) => load(path, { authorization: `Bearer ${standin.sessionToken()}` });

  it.each(["/", "/privacy", "/auth/login"])("%s is open to everybody", async (path) => {
    const answer = await load(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("<h1");
  });

  it("an unknown address gets 404", async () => {
    expect((await load("/no-such-page")).status).toBe(404);
  });

  it.each([
    ["/app", "home", "home"],
    ["/app/suggestions", "suggestions", "list"],
    ["/app/results", "results", "results"],
    ["/app/runs", "runs", "runs"],
    ["/app/automation", "automation", "page"],
    ["/app/settings", "settings", "page"],
    ["/app/models", "models", "page"],
    ["/app/plan", "plan", "page"],
    ["/app/privacy", "privacy", "page"],
    ["/app/activity", "activity", "page"],
  ])("%s answers its merchant", async (path, route, key) => {
    const answer = await loadAsMerchant(
      `${path}?${path === "/app" ? "index&" : ""}_data=routes%2Fadmin%2F${route}`,
    );
    expect(answer.status).toBe(200);
    expect((await answer.json())[key]).not.toBeNull();
  });

  it.each(["/app/suggestions/not-an-id", "/app/suggestions/7d8f2c8e-7d6d-4c55-9a64-0c4b3fd2b8aa"])(
    "%s does not exist",
    async (path) => {
      const answer = await loadAsMerchant(`${path}?_data=routes%2Fadmin%2Fbundle`);
      expect(answer.status).toBe(404);
    },
  );

  const openFromAdmin = (locale: string, path = "/app/settings") => {
    const query = new URLSearchParams({
      shop: standin.state.domain,
      host: Buffer.from("admin.shopify.com/store/demo-shop").toString("base64url"),
      embedded: "1",
      locale,
      id_token: standin.sessionToken(),
    });
    return load(`${path}?${query}`);
  };
  it("an unknown address of the app shows a page inside the app, in its language", async () => {
    const answer = await openFromAdmin("de", "/app/no-such-page");
    expect(answer.status).toBe(404);
    const text = await answer.text();
    expect(text).toContain("Diese Seite gibt es nicht.");
    expect(text).toContain('href="/app/suggestions"');
  });

  const SETTINGS_DATA = "/app/settings?_data=routes%2Fadmin%2Flayout";

  it("are in the admin's language, and so are their later requests", async () => {
    const document = await (await openFromAdmin("de-AT")).text();
    expect(document).toContain('<html lang="de">');
    expect(document).toContain("Höchster Rabatt");
    expect(await (await loadAsMerchant(SETTINGS_DATA)).json()).toMatchObject({ locale: "de" });
    await openFromAdmin("en");
    expect(await (await loadAsMerchant(SETTINGS_DATA)).json()).toMatchObject({ locale: "en" });
  });

  it("install a shop with a stored token whose installation had failed", async () => {
    await loadAsMerchant(SETTINGS_DATA);
    const { domain: shop } = standin.state;
    await deps.db.shop.update({ where: { shop }, data: { uninstalledAt: new Date() } });
    await loadAsMerchant(SETTINGS_DATA);
    expect(await deps.db.shop.findUnique({ where: { shop } })).toMatchObject({ uninstalledAt: null });
  });

  it("have no boundary that React hydrates separately and could render again", async () => {
    // The first request installs the shop.
    await loadAsMerchant(SETTINGS_DATA);
    const bundleId = randomUUID();
    const what = { kind: "complementary", title: "Tea + Cup", discountRatio: 0.1, currency: "USD" };
    const why = { status: "proposed", expected: {}, evidence: [], validation: {} };
    const { domain: shop } = standin.state;
    await deps.db.bundle.create({ data: { id: bundleId, shop, componentKey: "a|b", ...what, ...why } });
    for (const path of ["/app/suggestions", `/app/suggestions/${bundleId}`]) {
      const document = await (await openFromAdmin("en", path)).text();
      expect(document).toContain("Tea + Cup");
      // React marks the begin of a boundary like this.
      expect(document).not.toContain("<!--$");
    }
    await deps.db.bundle.delete({ where: { id: bundleId } });
  });

  it.each([
    ["/app/settings", "/app/plan"],
    ["/app/settings", "/app/privacy"],
    ["/app/settings", "/app/activity"],
    ["/app/runs", "/app/models"],
    ["/app/runs", "/app/jobs"],
  ])("link from %s to %s and back", async (from, to) => {
    await loadAsMerchant(SETTINGS_DATA);
    expect(await (await openFromAdmin("en", from)).text()).toContain(`href="${to}"`);
    const document = await (await openFromAdmin("en", to)).text();
    // The first link of a page is the one back.
    expect(/class="Polaris-Page.*?href="([^"]+)"/s.exec(document)?.[1]).toBe(from);
  });

  it("are in English if the admin's language has no texts", async () => {
    expect(await (await openFromAdmin("tr")).text()).toContain('<html lang="en">');
  });

  it("let a staff member use the owner's grants, and name a missing one", async () => {
    staff.isOwner = false;
    staff.scopes = ["read_orders"];
    await deps.db.staffRight.deleteMany();
    const authorization = `Bearer ${standin.sessionToken()}`;
    const post = () =>
      fetch(`${appUrl}/app/automation?_data=routes%2Fadmin%2Fautomation`, {
        method: "POST",
        headers: { "user-agent": BROWSER_USER_AGENT, authorization },
        body: new URLSearchParams({ windowDays: "400" }),
      });
    const refused = await post();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      ok: false,
      message: expect.stringContaining("can view this"),
    });
    expect(await deps.db.auditEntry.count()).toBe(0);
    expect((await loadAsMerchant("/app/results/export?days=28")).status).toBe(200);

    staff.scopes = ["read_orders", "write_discounts"];
    await deps.db.staffRight.deleteMany();
    expect((await post()).status).toBe(200);
    const entries = await deps.db.auditEntry.findMany({ orderBy: { at: "asc" }, select: { action: true } });
    expect(entries).toEqual([{ action: "results-export" }, { action: "settings" }]);
    staff.isOwner = true;
    staff.scopes = null;
  });

  it("give the shop's data to staff who can see orders, and let only the owner erase its history", async () => {
    staff.isOwner = false;
    staff.scopes = ["write_discounts"];
    await deps.db.staffRight.deleteMany();
    await deps.db.auditEntry.deleteMany();
    expect((await loadAsMerchant("/app/export")).status).toBe(403);

    staff.scopes = ["read_orders", "write_discounts"];
    await deps.db.staffRight.deleteMany();
    const file = await loadAsMerchant("/app/export");
    expect(file.headers.get("content-disposition")).toContain("shop-data.ndjson");
    const lines = (await file.text()).trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toEqual({ end: { rows: lines.length - 2 } });
    const erase = () =>
      fetch(`${appUrl}/app/privacy?_data=routes%2Fadmin%2Fprivacy`, {
        method: "POST",
        headers: { "user-agent": BROWSER_USER_AGENT, authorization: `Bearer ${standin.sessionToken()}` },
        body: new URLSearchParams({ intent: "erase" }),
      });
    expect((await erase()).status).toBe(403);
    expect(await deps.db.erasure.count()).toBe(0);

    staff.isOwner = true;
    staff.scopes = null;
    await deps.db.staffRight.deleteMany();
    expect((await erase()).status).toBe(200);
    const entries = await deps.db.auditEntry.findMany({ orderBy: { at: "asc" }, select: { action: true } });
    expect(entries).toEqual([{ action: "shop-export" }, { action: "shop-erase" }]);
    await deps.db.erasure.deleteMany();
  });

  it("report a run's progress", async () => {
    const { domain: shop } = standin.state;
    const run = await deps.db.run.create({ data: { shop, cutoffAt: new Date(), status: "running" } });
    const ask = async () => {
      const answer = await fetch(`${appUrl}/app/progress`, {
        headers: { "user-agent": BROWSER_USER_AGENT, authorization: `Bearer ${standin.sessionToken()}` },
      });
      return ((await answer.json()) as { run: unknown }).run;
    };
    await deps.db.run.update({ where: { id: run.id }, data: { progress: 0.4 } });
    expect(await ask()).toMatchObject({ id: run.id, progressPercent: 40 });
    await deps.db.run.update({ where: { id: run.id }, data: { progress: 0.8 } });
    expect(await ask()).toMatchObject({ id: run.id, progressPercent: 80 });
  });

  it("can be framed by this shop's admin and no other site", async () => {
    const answer = await openFromAdmin("en", "/app");
    expect(answer.status).toBe(200);
    const [directive, ...ancestors] = (answer.headers.get("content-security-policy") ?? "").split(/[ ;]+/);
    expect(directive).toBe("frame-ancestors");
    expect(ancestors).toContain(`https://${standin.state.domain}`);
    expect(ancestors).not.toContain("*");
  });

  it("a page requested without a shop takes it from the referring page, if this app showed that one", async () => {
    const query = `shop=${standin.state.domain}&host=YWRtaW4&embedded=1`;
    const openFrom = async (referer: string) =>
      (await load("/app/results?period=28", { referer })).headers.get("location");
    expect(await openFrom(`${appUrl}/app/settings?${query}`)).toBe(`/app/results?period=28&${query}`);
    for (const before of [`https://evil.example/app?${query}`, `${appUrl}/app/settings`, "no address"]) {
      expect(await openFrom(before)).toBe("/auth/login");
    }
  });

  it.each(["/privacy", "/no-such-page", "/healthz", "/assets/gone.js", "/app"])(
    "%s has headers for TLS, framing, content type and no caching",
    async (path) => {
      const { headers } = await load(path);
      expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-powered-by")).toBeNull();
    },
  );

  const AUTOMATION = "app/automation?_data=routes%2Fadmin%2Fautomation";

  it("a NUL in an address or a form is refused, and no error shows a stack", async () => {
    expect((await load("/app/suggestions?query=%00")).status).toBe(400);
    const answer = await fetch(`${appUrl}/${AUTOMATION}`, {
      method: "POST",
      headers: { "user-agent": BROWSER_USER_AGENT, authorization: `Bearer ${standin.sessionToken()}` },
      body: new URLSearchParams({ excludedTags: "a\0b" }),
    });
    expect(answer.status).toBe(400);
    const broken = await load("/%E0%A4%A");
    expect(await broken.text()).not.toMatch(/\bat .*\.(ts|js)/);
  });

  it.each([
    ["of a page is not read of somebody who has not signed in", "app/automation", false, 302],
    ["of a page is refused once it is longer than any", AUTOMATION, true, 413],
    ["of the login is not read", "auth/login", false, 405],
  ])("an endless form %s", async (_, path, isMerchant, status) => {
    const socket = connect(Number(new URL(appUrl).port), "127.0.0.1");
    const head = [
      `POST /${path} HTTP/1.1`,
      "Host: app",
      `User-Agent: ${BROWSER_USER_AGENT}`,
      "Content-Type: text/plain",
      "Transfer-Encoding: chunked",
      ...(isMerchant ? [`Authorization: Bearer ${standin.sessionToken()}`] : []),
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const chunk = `100000\r\n${"a".repeat(1 << 20)}\r\n`;
    let answer = "";
    let sent = 0;
    socket.on("data", (text: Buffer) => (answer += text.toString()));
    while (answer === "" && sent < 100) {
      sent += 1;
      if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), once(socket, "data")]);
    }
    socket.destroy();
    expect(answer.split(" ")[1]).toBe(String(status));
    expect(sent).toBeLessThan(50);
  });

  it.each([
    ["nothing is typed", "", "Enter the domain of your shop."],
    ["what is typed is none", "no shop", "That is no shop domain. It looks like my-shop.myshopify.com."],
  ])("the login explains a wrong shop domain when %s", async (_, shop, problem) => {
    const answer = await load(`/auth/login?shop=${encodeURIComponent(shop)}`);
    expect(await answer.text()).toContain(problem);
  });

  it("a webhook is accepted by its signature", async () => {
    const [webhook] = listStorm(1);
    const send = async (secret: string) => {
      const headers = signStorm(webhook!, { shop: standin.state.domain, secret });
      return (await fetch(`${appUrl}/webhooks`, { method: "POST", headers, body: webhook!.rawBody })).status;
    };
    expect(await send("another")).toBe(401);
    expect(await send(KEYS.SHOPIFY_API_SECRET)).toBe(200);
    expect((await fetch(`${appUrl}/webhooks`, { method: "POST", body: "{}" })).status).toBe(400);
    const unread = signStorm(webhook!, { shop: standin.state.domain, secret: KEYS.SHOPIFY_API_SECRET });
    for (const [name, value] of [
      ["X-Shopify-Topic", "__proto__"],
      ["X-Shopify-Topic", "orders/anything"],
      ["X-Shopify-Shop-Domain", "evil.example"],
      ["X-Shopify-Hmac-Sha256", "AAAA"],
    ] as const) {
      const headers = { ...Object.fromEntries(new Headers(unread)), [name.toLowerCase()]: value };
      const answer = await fetch(`${appUrl}/webhooks`, { method: "POST", headers, body: webhook!.rawBody });
      expect([400, 401]).toContain(answer.status);
    }
    expect((await fetch(`${appUrl}/webhooks`, { method: "PUT", body: "{}" })).status).toBe(405);
  });

  it("a webhook that is too long is refused before it is read, with or without a length", async () => {
    const bytes = 9 * 1024 * 1024;
    const [webhook] = listStorm(1);
    const headers = signStorm(webhook!, { shop: standin.state.domain, secret: "another" });
    const send = (body: BodyInit) =>
      fetch(`${appUrl}/webhooks`, { method: "POST", headers, body, duplex: "half" } as RequestInit).then(
        ({ status }) => status,
        // The connection can be closed before everything was sent.
        () => 413,
      );
    expect(await send("x".repeat(bytes))).toBe(413);
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.byteLength;
        if (sent > 100 * bytes) controller.close();
        else controller.enqueue(chunk);
      },
    });
    expect(await send(endless)).toBe(413);
    expect(sent).toBeLessThan(50 * bytes);
    expect((await fetch(`${appUrl}/healthz`)).status).toBe(200);
  });

  it("a pixel batch that is too long is refused, with or without a length", async () => {
    const bytes = new Uint8Array(64 * 1024 + 1);
    for (const body of [bytes, new Blob([bytes]).stream()]) {
      const init = { method: "POST", body, duplex: "half" } as RequestInit;
      expect((await fetch(`${appUrl}/events`, init)).status).toBe(413);
    }
  });

  it("assets can be cached for ever, and a missing one gets 404", async () => {
    const asset = /\/assets\/[^"]+\.css/.exec(await (await load("/")).text())![0];
    expect((await load(asset)).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await load("/assets/gone.js")).status).toBe(404);
  });

  it.each(["br", "gzip"])("scripts are sent as %s to a browser that accepts it", async (encoding) => {
    const script = /\/assets\/every-page-[^"]+\.js/.exec(await (await load("/")).text())![0];
    const plain = await load(script, { "accept-encoding": "identity" });
    const packed = await load(script, { "accept-encoding": encoding });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(packed.headers.get("content-encoding")).toBe(encoding);
    expect(packed.headers.get("vary")).toBe("Accept-Encoding");
    expect(packed.headers.get("cache-control")).toBe(plain.headers.get("cache-control"));
    expect(Number(packed.headers.get("content-length"))).toBeLessThan(
      Number(plain.headers.get("content-length")) / 2,
    );
    expect(await packed.text()).toBe(await plain.text());
  });

  it("ignore a client address that the sender of browse events claims", async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${appUrl}/events`, {
        method: "POST",
        headers: { "content-type": "text/plain", "user-agent": BROWSER_USER_AGENT, ...headers },
        body: JSON.stringify({
          v: 1,
          shop: standin.state.domain,
          events: [
            {
              id: "event-0001",
              kind: "page_viewed",
              at: new Date().toISOString(),
              visitor: "0".repeat(32),
              arm: null,
              product: null,
              variant: null,
              bundle: null,
            },
          ],
        }),
      });
    let senders = 0;
    const postFromNextNetwork = async () => {
      const address = `203.0.${senders++ % 250}.7`;
      return (await post({ "x-client-address": address, "x-forwarded-for": address })).status;
    };
    expect(await postFromNextNetwork()).toBe(204);
    // While Redis is slow, the process counts by itself, so a single batch can be missing in Redis.
    await expect
      .poll(async () => {
        await postFromNextNetwork();
        return holdLimits(deps, FAR_TOO_MANY);
      })
      .toBe(1);
    // No proxy is configured, so not even one on this machine is trusted.
    await expect.poll(postFromNextNetwork).toBe(429);
    expect(await holdLimits(deps)).toBe(1);
  });

  it("stop with exit 0 when the process is asked to", async () => {
    web.child.kill("SIGTERM");
    // The load balancer notices first; requests until then are answered.
    await expect.poll(async () => (await fetch(`${appUrl}/readyz/intake`)).status).toBe(503);
    expect((await fetch(`${appUrl}/healthz`)).status).toBe(200);
    expect((await load("/")).status).toBe(200);
    const { code, lines } = await web.ended;
    expect(code).toBe(0);
    expect(lines.join("\n")).not.toContain("web.cut_off");
  });
});
