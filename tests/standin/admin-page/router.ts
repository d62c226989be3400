import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Router, type Request } from "express";
import type { StandinContext } from "#tests/standin/shop/standin-context.ts";
import { chargesRouter } from "./charges-router.ts";
import { renderAdminPage } from "./render-admin-page.ts";

const APP_BRIDGE = ["./app-bridge.js", "./app-bridge-modal.js"]
  .map((path) => readFileSync(new URL(path, import.meta.url), "utf8"))
  .join("\n");

/** The merchant's admin: one page that embeds the app, and the App Bridge that the app loads inside it. */
export function adminPageRouter(context: StandinContext): Router {
  const router = Router();
  const { state, config, appUrl } = context;
  const storeName = state.domain.replace(/\.myshopify\.com$/, "");
  const home = `/store/${storeName}/apps/${config.handle}`;

  router.get("/admin", (_request, response) => response.redirect(home));

  const appPaths = [`/store/${storeName}/apps/:handle`, `/store/${storeName}/apps/:handle/*`];
  router.get(appPaths, (request, response) => {
    const handle = request.params["handle"] ?? "";
    if (handle !== config.handle && handle !== context.apiKey) return void response.sendStatus(404);
    const path = pathInApp(request, handle);
    response.type("html").send(
      renderAdminPage({
        shopName: state.name,
        appName: config.name,
        appOrigin: new URL(appUrl).origin,
        basePath: home,
        frameUrl: toFrameUrl(context, path, storeName),
        storefrontUrl: `${context.url()}/`,
      }),
    );
  });

  router.use(chargesRouter(context));

  // All other pages of Shopify's admin to which the app can link: the theme editor, orders, settings.
  router.get(`/store/${storeName}/*`, (request, response) => {
    const place = request.path.slice(`/store/${storeName}`.length);
    response
      .type("html")
      .send(
        `<!doctype html><html lang="en"><title>Shopify admin</title><body style="font:16px system-ui;margin:3rem">` +
          `<h1>Shopify's own page</h1><p>In a real shop this opens <code>${escapeHtml(place)}</code>.</p>` +
          `<p><a href="${home}">Back to ${escapeHtml(config.name)}</a></p></body></html>`,
      );
  });

  router.get("/app-bridge.js", (_request, response) => {
    response.type("text/javascript").set("cache-control", "no-cache").send(APP_BRIDGE);
  });

  // The items of the picker of products or collections, as App Bridge returns them.
  router.get("/picker/collection", (_request, response) => {
    response.json([...state.catalogue.collections.values()].map(({ gid, title }) => ({ id: gid, title })));
  });
  router.get("/picker/product", (_request, response) => {
    const products = [...state.catalogue.products.values()].filter(({ status }) => status === "ACTIVE");
    response.json(
      products.map(({ gid, title, images, variants }) => ({
        id: gid,
        title,
        images: images.map((image) => ({ originalSrc: `${state.catalogue.imageBaseUrl}${image.url}` })),
        hasOnlyDefaultVariant: variants.length === 1,
        variants: variants.map((variant) => ({
          id: variant.gid,
          title: variant.title,
          price: variant.price,
        })),
      })),
    );
  });

  // Only the admin page of this origin can read it: there is no CORS header on purpose.
  router.get("/session-token", (_request, response) => {
    response.set("cache-control", "no-store").json({ token: context.sessionToken() });
  });

  return router;
}

/** `/store/NAME/apps/HANDLE/app/suggestions?status=x` shows the app's `/app/suggestions?status=x`. */
function pathInApp(request: Request, handle: string): string {
  const marker = `/apps/${handle}`;
  const rest = request.originalUrl.slice(request.originalUrl.indexOf(marker) + marker.length);
  return rest === "" || rest === "/" || rest.startsWith("?")
    ? `/app${rest.startsWith("?") ? rest : ""}`
    : rest;
}

/** The address of the frame, with Shopify's parameters and signature. */
function toFrameUrl(
  { state, appUrl, apiSecret, sessionToken }: StandinContext,
  path: string,
  storeName: string,
): string {
  const url = new URL(path, appUrl);
  const added: Record<string, string> = {
    embedded: "1",
    host: Buffer.from(`admin.shopify.com/store/${storeName}`).toString("base64").replace(/=+$/, ""),
    id_token: sessionToken(),
    // The staff member's language; the address of the admin page can name another.
    locale: url.searchParams.get("locale") ?? "en",
    session: createHmac("sha256", apiSecret).update(storeName).digest("hex"),
    shop: state.domain,
    timestamp: String(Math.floor(Date.now() / 1_000)),
  };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  const signed = [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  url.searchParams.set("hmac", createHmac("sha256", apiSecret).update(signed.join("&")).digest("hex"));
  return url.href;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
