import "@shopify/shopify-app-remix/adapters/node";
import {
  ApiVersion,
  AppDistribution,
  BillingInterval,
  LogSeverity,
  shopifyApp,
} from "@shopify/shopify-app-remix/server";
import { deps } from "#app/services/deps.server.ts";
import { PLANS } from "#app/domain/plans.ts";
import { env } from "#app/process/env.server.ts";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";
import { installShop } from "#app/services/install/install-shop.server.ts";

/** The one place where the Admin API's version is named; the TOML files are held to it by a test. */
const API_VERSION = ApiVersion.October26;

/** What is charged for a plan, every thirty days. */
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
  // The package's own lines are not ours to format; the app logs what it does.
  logger: { level: LogSeverity.Warning },
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  hooks: {
    afterAuth: async ({ session, admin }) => {
      await installShop(deps(), { shop: session.shop, graphql: admin.graphql, now: new Date() });
    },
  },
});

export const { addDocumentResponseHeaders, authenticate, unauthenticated, login } = shopify;
