import { createHmac } from "node:crypto";
import type { RequestHandler } from "express";

/** Path of the app's proxy, as in shopify.app.toml. */
const PROXY_PATH = "/storefront";

/** Shopify's app proxy: signs a request of the storefront and forwards it to the app, with the shopper's address. */
export function handOn(app: {
  readonly shop: string;
  readonly appUrl: string;
  readonly apiSecret: string;
}): RequestHandler {
  return (request, response, next) => {
    const { subpath, 0: rest } = request.params as unknown as Record<"subpath" | "0", string>;
    const query = new URLSearchParams(request.query as Record<string, string>);
    query.set("shop", app.shop);
    query.set("logged_in_customer_id", "");
    query.set("path_prefix", `/apps/${subpath}`);
    query.set("timestamp", String(Math.floor(Date.now() / 1_000)));
    query.set("signature", sign(query, app.apiSecret));
    const forwardedFor = request.get("x-forwarded-for") ?? request.socket.remoteAddress ?? "";
    fetch(`${app.appUrl}${PROXY_PATH}/${rest}?${query.toString()}`, {
      headers: { "x-forwarded-for": forwardedFor },
    })
      .then(async (answered) => {
        response.status(answered.status).type(answered.headers.get("content-type") ?? "text/plain");
        response.send(await answered.text());
      })
      .catch(next);
  };
}

function sign(query: URLSearchParams, apiSecret: string): string {
  const pairs = [...query].map(([name, value]) => `${name}=${value}`).sort();
  return createHmac("sha256", apiSecret).update(pairs.join("")).digest("hex");
}
