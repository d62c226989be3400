import type { ShopAppSubscription } from "#tests/standin/shop/shop-records.ts";
import { notHeld, toIso, type AdminContext, type TypeResolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";

const PERIOD_MS = { EVERY_30_DAYS: 30 * 86_400_000, ANNUAL: 365 * 86_400_000 } as const;

interface ChargeInput {
  readonly name: string;
  readonly returnUrl: string;
  readonly test?: boolean | null;
  readonly trialDays?: number | null;
  readonly lineItems: readonly {
    readonly plan: {
      readonly appRecurringPricingDetails?: {
        readonly price: { readonly amount: string | number; readonly currencyCode: string };
        readonly interval?: "EVERY_30_DAYS" | "ANNUAL" | null;
      } | null;
    };
  }[];
}

/** The charge fields of the installation. */
export const chargeFields: TypeResolvers = {
  activeSubscriptions: (_: unknown, __: unknown, { state }: AdminContext) =>
    [...state.app.subscriptions.values()].filter(({ status }) => status === "ACTIVE"),
  oneTimePurchases: (_: unknown, args: PageArgs, { isBulk }: AdminContext) =>
    toConnection([], args, { keyOf: () => "", idOf: () => "", isBulk }),
};

export const chargeTypes = {
  AppSubscription: {
    id: ({ gid }: ShopAppSubscription) => gid,
    test: ({ isTest }: ShopAppSubscription) => isTest,
    createdAt: ({ createdAtMs }: ShopAppSubscription) => toIso(createdAtMs),
    currentPeriodEnd: ({ status, createdAtMs, trialDays, interval }: ShopAppSubscription) =>
      status === "ACTIVE" ? toIso(createdAtMs + trialDays * 86_400_000 + PERIOD_MS[interval]) : null,
    lineItems: ({ gid, price, interval }: ShopAppSubscription) => [
      {
        id: `${gid}/1`,
        plan: {
          pricingDetails: { __typename: "AppRecurringPricing", price, interval, discount: null },
        },
      },
    ],
  },
} satisfies Readonly<Record<string, TypeResolvers>>;

export const chargeMutations: TypeResolvers = {
  appSubscriptionCreate: (_: unknown, input: ChargeInput, { state }: AdminContext) => {
    const details = input.lineItems[0]?.plan.appRecurringPricingDetails;
    if (!details || input.lineItems.length !== 1) throw notHeld("charges other than one that recurs");
    const refuse = (field: string, message: string) => ({
      appSubscription: null,
      confirmationUrl: null,
      userErrors: [{ field: [field], message }],
    });
    if (input.name.trim() === "") return refuse("name", "Name can't be blank");
    if (Number(details.price.amount) < 0.5) return refuse("lineItems", "Price must be at least 0.50");
    if ((input.trialDays ?? 0) < 0) return refuse("trialDays", "Trial days must be 0 or more");
    const gid = state.clock.nextGid("AppSubscription");
    const charge: ShopAppSubscription = {
      gid,
      createdAtMs: state.clock.now(),
      name: input.name,
      isTest: input.test ?? false,
      trialDays: input.trialDays ?? 0,
      returnUrl: input.returnUrl,
      // The app may send a number, which the schema's Decimal takes as it is.
      price: { ...details.price, amount: String(details.price.amount) },
      interval: details.interval ?? "EVERY_30_DAYS",
      status: "PENDING",
    };
    state.app.subscriptions.set(gid, charge);
    const confirmationUrl = `${state.app.chargesUrl}/${gid.split("/").at(-1)}/confirm`;
    return { appSubscription: charge, confirmationUrl, userErrors: [] };
  },
  appSubscriptionCancel: (_: unknown, { id }: { id: string }, { state }: AdminContext) => {
    const charge = state.app.subscriptions.get(id);
    if (charge?.status !== "ACTIVE") {
      const userErrors = [{ field: ["id"], message: "Couldn't find an active subscription" }];
      return { appSubscription: null, userErrors };
    }
    charge.status = "CANCELLED";
    return { appSubscription: charge, userErrors: [] };
  },
};
