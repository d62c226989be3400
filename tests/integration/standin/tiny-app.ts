/*
 * The smallest app that Shopify's package makes. It runs as its own process under the stand-in's preload and shows
 * that the package works unchanged. It answers `/app` (embedded page), `/app/data` (fetched by that page),
 * `/app/worker` (without a merchant's request), `/auth/*` and `/webhooks`.
 */
import "@shopify/shopify-app-remix/adapters/node";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ApiVersion, AppDistribution, shopifyApp } from "@shopify/shopify-app-remix/server";

type ShopifyOptions = Parameters<typeof shopifyApp>[0];
type Storage = ShopifyOptions["sessionStorage"];
type StoredSession = Awaited<ReturnType<NonNullable<Storage>["loadSession"]>>;

const sessions = new Map<string, NonNullable<StoredSession>>();
const sessionStorage: NonNullable<Storage> = {
  storeSession: async (session) => Boolean(sessions.set(session.id, session)),
  loadSession: async (id) => sessions.get(id),
  deleteSession: async (id) => sessions.delete(id),
  deleteSessions: async (ids) => ids.every((id) => sessions.delete(id)),
  findSessionsByShop: async (shop) => [...sessions.values()].filter((session) => session.shop === shop),
};

const appUrl = `http://127.0.0.1:${process.env["PORT"]}`;
let installs = 0;
const received: string[] = [];
const shopify = shopifyApp({
  apiKey: process.env["SHOPIFY_API_KEY"] ?? "",
  apiSecretKey: process.env["SHOPIFY_API_SECRET"] ?? "",
  apiVersion: ApiVersion.October26,
  scopes: ["read_orders", "write_products"],
  appUrl,
  authPathPrefix: "/auth",
  sessionStorage,
  distribution: AppDistribution.AppStore,
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  hooks: {
    afterAuth: async () => {
      installs += 1;
    },
  },
  logger: { log: async () => {} },
});

const PAGE = (shopName: string) => `<!doctype html><html lang="en"><head>
  <script data-api-key="${process.env["SHOPIFY_API_KEY"]}" src="${process.env["APP_BRIDGE_URL"]}"></script></head>
  <body><ui-nav-menu><a href="/app" rel="home">Home</a><a href="/app/second">Second page</a></ui-nav-menu>
  <ui-title-bar title="Tiny app"><button variant="primary" id="save">Do it</button></ui-title-bar>
  <h1 id="shop">${shopName}</h1><p id="data">waiting</p>
  <script>
    fetch("/app/data").then((r) => r.json()).then(({ via }) => { document.getElementById("data").textContent = via; });
    document.getElementById("save").onclick = () => shopify.toast.show("Done");
    addEventListener("shopify:navigate", (event) => history.pushState(null, "", event.target.getAttribute("href")));
  </script></body></html>`;

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/webhooks") {
    const { topic, shop } = await shopify.authenticate.webhook(request);
    received.push(`${topic} ${shop}`);
    return new Response();
  }
  if (pathname === "/app/worker") {
    const { admin } = await shopify.unauthenticated.admin("demo-shop.myshopify.com");
    const { data } = await (await admin.graphql("{ shop { name } }")).json();
    return Response.json({ name: data.shop.name, installs, received, sessions: [...sessions.keys()] });
  }
  const { admin, session } = await shopify.authenticate.admin(request);
  if (pathname === "/app/data") return Response.json({ via: `token of ${session.shop}` });
  const { data } = await (await admin.graphql("{ shop { name } }")).json();
  const response = new Response(PAGE(data.shop.name), { headers: { "content-type": "text/html" } });
  shopify.addDocumentResponseHeaders(request, response.headers);
  return response;
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const request = new Request(new URL(incoming.url ?? "/", appUrl), {
    method: incoming.method ?? "GET",
    headers: incoming.headers as Record<string, string>,
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
  });
  const response = await answer(request).catch((thrown: unknown) =>
    thrown instanceof Response ? thrown : new Response(String(thrown), { status: 500 }),
  );
  outgoing.statusCode = response.status;
  response.headers.forEach((value, name) => outgoing.setHeader(name, value));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

createServer((incoming, outgoing) => {
  void serve(incoming, outgoing);
}).listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
