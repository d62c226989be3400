import "@shopify/shopify-app-remix/adapters/node";
import {
  ApiVersion,
  AppDistribution,
  BillingInterval,
  LogSeverity,
  shopifyApp,
} from "@shopify/shopify-app-remix/server";
import { setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { deps } from "#app/services/deps.server.ts";
import { PLANS } from "#app/domain/plans.ts";
import { env } from "#app/process/env.server.ts";
import { TIMEOUT_MS } from "#app/shopify/graphql-request.ts";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";

/** The only place for the Admin API version; a test compares the TOML files with it. */
const API_VERSION = ApiVersion.October26;

setAbstractFetchFunc((address, init) => {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(address, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
});

const toBillingPlan = (key: "standard" | "plus") => ({
  lineItems: [
    {
      amount: PLANS.find((plan) => plan.key === key)!.monthlyDollars,
      currencyCode: "USD",
      interval: BillingInterval.Every30Days as const,
    },
  ],
});

const { SHOPIFY_API_KEY, SHOPIFY_API_SECRET, SHOPIFY_APP_URL, SCOPES } = env();

const shopify = shopifyApp({
  apiKey: SHOPIFY_API_KEY,
  apiSecretKey: SHOPIFY_API_SECRET,
  apiVersion: API_VERSION,
  scopes: SCOPES.split(","),
  appUrl: SHOPIFY_APP_URL,
  authPathPrefix: "/auth",
  sessionStorage: new SealedSessionStorage(deps().db, deps().secrets),
  distribution: AppDistribution.AppStore,
  billing: { standard: toBillingPlan("standard"), plus: toBillingPlan("plus") },
  // The library's log format is not ours. The app logs its own events.
  logger: { level: LogSeverity.Warning },
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
});

export const { addDocumentResponseHeaders, authenticate, unauthenticated, login, sessionStorage } = shopify;
