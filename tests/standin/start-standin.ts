import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";
import { AccessTokens, type StaffMember } from "#tests/standin/shop/access-tokens.ts";
import { BulkOperations } from "./admin-api/bulk-operations.ts";
import { LeakyBucket } from "./admin-api/leaky-bucket.ts";
import { adminApiRouter } from "./admin-api/router.ts";
import { adminPageRouter } from "./admin-page/router.ts";
import { readAppConfig } from "#tests/standin/shop/app-config.ts";
import { readAppExtensions } from "#tests/standin/shop/app-extensions.ts";
import { createSessionToken } from "#tests/standin/shop/session-token.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { WebhookSender, type WebhookSenderOptions } from "#tests/standin/shop/webhook-sender.ts";
import type { StandinContext } from "#tests/standin/shop/standin-context.ts";

export interface StandinOptions {
  /** 0 takes a free port. */
  readonly port?: number;
  /** myshopify domain of the shop, unless `state` brings one. */
  readonly shop?: string;
  readonly state?: ShopState;
  /** Address of the app's web process. */
  readonly appUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Refill rate of the Admin API in points per second; Shopify's plans have 100, 200, 1000 or 2000. */
  readonly apiPointsPerSecond?: number;
  /** Size of the bucket of points; by default the refill of 20 seconds. */
  readonly apiMaxPoints?: number;
  /** The clock of the refill, in milliseconds that never decrease; the machine's clock by default. */
  readonly apiClock?: () => number;
  /** Lifetime of expiring offline tokens. */
  readonly offlineTokenLifetimeS?: number;
  /** The person who opens the app; the owner by default. */
  readonly staff?: StaffMember;
  /** Replaces the scopes of shopify.app.toml. */
  readonly scopes?: readonly string[];
  readonly webhooks?: Pick<WebhookSenderOptions, "concurrency" | "timeoutMs" | "retryDelaysMs">;
  /** The project's root. Its shopify.app.toml and extensions count as deployed. */
  readonly projectRoot?: string;
}

export interface Standin {
  /** `http://127.0.0.1:PORT`: the merchant's admin under /admin, the shop under /. */
  readonly url: string;
  readonly state: ShopState;
  readonly webhooks: WebhookSender;
  readonly bulk: BulkOperations;
  /** A fresh session token of the merchant, as App Bridge puts it into a request's Authorization header. */
  sessionToken(): string;
  /** Removes the app as a merchant would: its tokens, discounts, pixel and own metafields, then sends the webhook. */
  uninstallApp(): void;
  stop(): Promise<void>;
}

const PROJECT_ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STOREFRONT = new URL("./storefront/router.ts", import.meta.url);
const BUCKET_SECONDS = 20;

/**
 * Starts Shopify: one shop with its Admin API, token exchange, webhooks, admin page and storefront, on loopback.
 *
 * @throws Error in one line when the port is in use
 */
export async function startStandin(options: StandinOptions): Promise<Standin> {
  const projectRoot = options.projectRoot ?? PROJECT_ROOT;
  const { appUrl, apiKey, apiSecret } = options;
  const state = options.state ?? new ShopState(options.shop === undefined ? {} : { domain: options.shop });
  const config = readAppConfig(`${projectRoot}/shopify.app.toml`);
  const perSecond = options.apiPointsPerSecond ?? 100;
  const party = { shop: state.domain, apiKey, apiSecret };
  const tokens = new AccessTokens(party, {
    scopes: options.scopes ?? config.scopes,
    staff: options.staff,
    ...(options.offlineTokenLifetimeS === undefined
      ? {}
      : { offlineLifetimeS: options.offlineTokenLifetimeS }),
  });
  const webhooks = new WebhookSender(state, { ...options.webhooks, appUrl, apiSecret, config });
  let url = "";
  const context: StandinContext = {
    state,
    webhooks,
    config,
    extensions: readAppExtensions(`${projectRoot}/extensions`),
    projectRoot,
    appUrl,
    apiKey,
    apiSecret,
    url: () => url,
    sessionToken: () => createSessionToken(party),
  };
  const bulk = new BulkOperations(state, () => url);
  const maxPoints = options.apiMaxPoints ?? perSecond * BUCKET_SECONDS;
  const bucket = new LeakyBucket(maxPoints, perSecond, options.apiClock);

  const app = express();
  app.disable("x-powered-by");
  app.use(adminApiRouter({ context, tokens, bulk, bucket }));
  app.use(adminPageRouter(context));
  const storefront = await loadStorefront(context);
  if (storefront) app.use(storefront);

  const server = createServer(app);
  const port = await listen(server, options.port ?? 0);
  url = `http://127.0.0.1:${port}`;
  state.catalogue.imageBaseUrl = url;
  state.app.chargesUrl = `${url}/admin/charges`;
  return {
    url,
    state,
    webhooks,
    bulk,
    sessionToken: context.sessionToken,
    uninstallApp() {
      tokens.revokeAll();
      state.uninstallApp();
    },
    async stop() {
      webhooks.stop();
      await bulk.drain();
      const isClosed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await isClosed;
    },
  };
}

/** The storefront is a separate part; a stand-in without it still has the whole admin side. */
async function loadStorefront(context: StandinContext): Promise<Router | null> {
  if (!existsSync(STOREFRONT)) return null;
  const { storefrontRouter } = (await import(STOREFRONT.href)) as {
    storefrontRouter: (context: StandinContext) => Router | Promise<Router>;
  };
  return storefrontRouter(context);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(isTaken ? new Error(`Port ${port} is in use; give the stand-in shop another one.`) : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}
