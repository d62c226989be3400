import { GraphQLError } from "graphql";
import type { AppFunction } from "#tests/standin/shop/app-extensions.ts";
import type { ShopWebPixel } from "#tests/standin/shop/shop-records.ts";
import {
  accessDenied,
  hasAnyScope,
  type AdminContext,
  type MutationError,
  type Resolvers,
} from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { chargeFields, chargeMutations, chargeTypes } from "./charge-resolvers.ts";
import { metafieldFields } from "./metafield-resolvers.ts";

const toInstallation = ({ state }: AdminContext) => ({
  __typename: "AppInstallation",
  gid: state.app.installationGid,
});

const toApp = ({ state }: AdminContext) => ({ id: state.app.appGid, handle: "bundlesmith", embedded: true });

/** The settings of a web pixel must be a JSON object with exactly the fields that its TOML declares. */
function checkPixel(settings: unknown, { extensions }: AdminContext): MutationError[] {
  if (!extensions.webPixel) {
    return [{ code: "NO_EXTENSION", field: null, message: "No extension found." }];
  }
  const parsed = typeof settings === "string" ? parseObject(settings) : settings;
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return [
      { code: "INVALID_CONFIGURATION_JSON", field: ["settings"], message: "Settings must be a JSON object." },
    ];
  }
  const given = Object.keys(parsed);
  const { settingKeys } = extensions.webPixel;
  const wrong = [
    ...given.filter((key) => !settingKeys.includes(key)).map((key) => `"${key}" is not defined`),
    ...settingKeys.filter((key) => !given.includes(key)).map((key) => `"${key}" is missing`),
  ];
  return wrong.length === 0
    ? []
    : [{ code: "INVALID_SETTINGS", field: ["settings"], message: `Settings: ${wrong.join(", ")}.` }];
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Shopify requires this scope in addition to `write_pixels`. */
function needCustomerEvents({ scopes }: AdminContext): void {
  const wanted = ["read_customer_events"];
  if (!hasAnyScope(scopes, wanted)) throw accessDenied("webPixelCreate", wanted);
}

const textOf = (settings: unknown) => (typeof settings === "string" ? settings : JSON.stringify(settings));

export const appResolvers: Resolvers = {
  QueryRoot: {
    shop: () => ({ __typename: "Shop" }),
    currentAppInstallation: (_: unknown, __: unknown, context) => toInstallation(context),
    appInstallation: (_: unknown, { id }: { id?: string | null }, context) =>
      id === null || id === undefined || id === context.state.app.installationGid
        ? toInstallation(context)
        : null,
    app: (_: unknown, __: unknown, context) => toApp(context),
    shopifyFunctions: (_: unknown, args: PageArgs & { apiType?: string | null }, { extensions, isBulk }) => {
      const found = extensions.functions.filter(() => !args.apiType || args.apiType === "discount");
      return toConnection(found, args, { keyOf: ({ handle }) => handle, idOf: ({ id }) => id, isBulk });
    },
    shopifyFunction: (_: unknown, { id }: { id: string }, { extensions }) =>
      extensions.functions.find((candidate) => candidate.id === id) ?? null,
    webPixel: (_: unknown, { id }: { id?: string | null }, { state }) => {
      const { webPixel } = state.app;
      if (webPixel && (id === null || id === undefined || id === webPixel.gid)) return webPixel;
      throw new GraphQLError("No web pixel was found for this app.", {
        extensions: { code: "RESOURCE_NOT_FOUND" },
      });
    },
  },
  Shop: {
    ...metafieldFields((_: unknown, { state }) => state.gid),
    id: (_: unknown, __: unknown, { state }) => state.gid,
    name: (_: unknown, __: unknown, { state }) => state.name,
    myshopifyDomain: (_: unknown, __: unknown, { state }) => state.domain,
    url: (_: unknown, __: unknown, { state }) => `https://${state.domain}`,
    primaryDomain: (_: unknown, __: unknown, { state }) => ({
      host: state.domain,
      url: `https://${state.domain}`,
      sslEnabled: true,
    }),
    currencyCode: (_: unknown, __: unknown, { state }) => state.currency,
    ianaTimezone: (_: unknown, __: unknown, { state }) => state.timeZone,
    taxesIncluded: () => true,
    plan: () => ({ partnerDevelopment: true, publicDisplayName: "Development", shopifyPlus: false }),
  },
  AppInstallation: {
    ...metafieldFields(({ gid }: { gid: string }) => gid),
    id: ({ gid }: { gid: string }) => gid,
    app: (_: unknown, __: unknown, context) => toApp(context),
    launchUrl: (_: unknown, __: unknown, { state }) => `https://${state.domain}/admin`,
    ...chargeFields,
    accessScopes: (_: unknown, __: unknown, { scopes }) =>
      [...scopes].map((handle) => ({ handle, description: handle })),
  },
  ShopifyFunction: {
    apiType: () => "discount",
    app: (_: unknown, __: unknown, context) => toApp(context),
    appKey: (_: unknown, __: unknown, { state }) => state.app.appGid,
    useCreationUi: () => false,
    description: () => null,
  },
  AppDiscountType: {
    functionId: ({ id }: AppFunction) => id,
    app: (_: unknown, __: unknown, context) => toApp(context),
    appKey: (_: unknown, __: unknown, { state }) => state.app.appGid,
    description: () => null,
    discountClasses: () => ["PRODUCT", "ORDER", "SHIPPING"],
  },
  ...chargeTypes,
  WebPixel: {
    id: ({ gid }: ShopWebPixel) => gid,
  },
  Mutation: {
    ...chargeMutations,
    // No workflow waits for a trigger here.
    flowTriggerReceive: () => ({ userErrors: [] }),
    webPixelCreate: (_: unknown, { webPixel }: { webPixel: { settings: unknown } }, context) => {
      needCustomerEvents(context);
      const { app, clock } = context.state;
      const userErrors = app.webPixel
        ? [{ code: "TAKEN", field: null, message: "Web pixel is taken." }]
        : checkPixel(webPixel.settings, context);
      if (userErrors.length > 0) return { webPixel: null, userErrors };
      app.webPixel = { gid: clock.nextGid("WebPixel"), settings: textOf(webPixel.settings) };
      return { webPixel: app.webPixel, userErrors: [] };
    },
    webPixelUpdate: (
      _: unknown,
      { id, webPixel }: { id: string; webPixel: { settings: unknown } },
      context,
    ) => {
      needCustomerEvents(context);
      const { app } = context.state;
      const userErrors =
        app.webPixel?.gid === id
          ? checkPixel(webPixel.settings, context)
          : [{ code: "NOT_FOUND", field: ["id"], message: "Pixel not found." }];
      if (userErrors.length > 0) return { webPixel: null, userErrors };
      app.webPixel = { gid: id, settings: textOf(webPixel.settings) };
      return { webPixel: app.webPixel, userErrors: [] };
    },
    webPixelDelete: (_: unknown, { id }: { id: string }, { state }) => {
      if (state.app.webPixel?.gid !== id) {
        const userErrors = [{ code: "NOT_FOUND", field: ["id"], message: "Pixel not found." }];
        return { deletedWebPixelId: null, userErrors };
      }
      state.app.webPixel = null;
      return { deletedWebPixelId: id, userErrors: [] };
    },
  },
};
