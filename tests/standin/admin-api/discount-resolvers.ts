import type { ShopRollout, ShopRolloutChange } from "#tests/standin/shop/rollouts.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopAutomaticDiscount } from "#tests/standin/shop/shop-records.ts";
import { toIso, type AdminContext, type MutationError, type Resolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { compileSearch, type SearchFields } from "./search-query.ts";
import { metafieldFields } from "./metafield-resolvers.ts";

interface DiscountInput {
  title?: string | null;
  functionId?: string | null;
  functionHandle?: string | null;
  startsAt?: string | null;
  endsAt?: string | null;
  combinesWith?: Partial<ShopAutomaticDiscount["combinesWith"]> | null;
  discountClasses?: ShopAutomaticDiscount["discountClasses"] | null;
  metafields?: { namespace?: string | null; key: string; type?: string | null; value: string }[] | null;
}

/** All apps of a shop share this many active automatic app discounts. */
const MAX_ACTIVE_DISCOUNTS = 25;

type Status = "ACTIVE" | "SCHEDULED" | "EXPIRED";

function statusOf({ startsAtMs, endsAtMs }: ShopAutomaticDiscount, nowMs: number): Status {
  if (nowMs < startsAtMs) return "SCHEDULED";
  return endsAtMs !== null && nowMs >= endsAtMs ? "EXPIRED" : "ACTIVE";
}

/** Body of discounts/update and discounts/delete. */
function emitChange(
  { clock }: AdminContext["state"],
  change: "update" | "delete",
  record: ShopAutomaticDiscount,
): void {
  const payload = {
    admin_graphql_api_id: record.gid,
    title: record.title,
    status: statusOf(record, clock.now()),
    created_at: toIso(record.createdAtMs),
    updated_at: toIso(record.updatedAtMs),
  };
  clock.emit({ topic: `discounts/${change}`, payload });
}

/** A discount as `DiscountAutomaticApp`; the node around it is the record itself. */
interface AppDiscount {
  readonly __typename: "DiscountAutomaticApp";
  readonly record: ShopAutomaticDiscount;
}

const toAppDiscount = (record: ShopAutomaticDiscount): AppDiscount => ({
  __typename: "DiscountAutomaticApp",
  record,
});

function listDiscounts(args: PageArgs & { query?: string | null }, { state, isBulk }: AdminContext) {
  const fields: SearchFields<ShopAutomaticDiscount> = {
    title: ({ title }) => title,
    status: (discount) => statusOf(discount, state.clock.now()),
    method: () => "automatic",
    type: () => "app",
    discount_type: () => "app",
    id: ({ gid }) => legacyId(gid),
  };
  const found = [...state.app.discounts.values()].filter(compileSearch(args.query, fields));
  return toConnection(found, args, { keyOf: ({ gid }) => legacyId(gid), idOf: ({ gid }) => gid, isBulk });
}

/** Finds the Function of an input, or says why it is not one of this app's. */
function readFunction(input: DiscountInput, { extensions }: AdminContext): string | MutationError {
  const root = "automaticAppDiscount";
  const { functionId, functionHandle } = input;
  if (functionId && functionHandle) {
    return {
      code: "MULTIPLE_FUNCTION_IDENTIFIERS",
      field: [root],
      message: "Only one of function_id or function_handle can be provided, not both.",
    };
  }
  if (!functionId && !functionHandle) {
    const message = "Either function_id or function_handle must be provided.";
    return { code: "MISSING_FUNCTION_IDENTIFIER", field: [root], message };
  }
  const found = extensions.functions.find(({ id, handle }) => id === functionId || handle === functionHandle);
  if (found) return found.id;
  const named = functionId ?? functionHandle;
  return {
    code: "INVALID",
    field: [root, functionId ? "functionId" : "functionHandle"],
    message: `Function ${named} not found. Ensure that it is released in the current app (${root}).`,
  };
}

function checkInput(input: DiscountInput): MutationError | null {
  const root = "automaticAppDiscount";
  if (input.title !== undefined && !input.title?.trim()) {
    return { code: "BLANK", field: [root, "title"], message: "Title can't be blank." };
  }
  if (input.startsAt && input.endsAt && Date.parse(input.endsAt) <= Date.parse(input.startsAt)) {
    const message = "Ends at needs to be after starts at.";
    return { code: "END_DATE_BEFORE_START_DATE", field: [root, "endsAt"], message };
  }
  return null;
}

const refuse = (...userErrors: MutationError[]) => ({ automaticAppDiscount: null, userErrors });

type Treatment = ShopRollout["treatments"][number];
type SearchArgs = PageArgs & { query?: string | null };

const instant = (atMs: number | null) => (atMs === null ? null : toIso(atMs));
const pageOf = <T extends { readonly gid: string }>(records: readonly T[], args: PageArgs, isBulk: boolean) =>
  toConnection(records, args, { keyOf: ({ gid }) => legacyId(gid), idOf: ({ gid }) => gid, isBulk });

function listRollouts(args: SearchArgs, { state, isBulk }: AdminContext, discountGid?: string) {
  const isFound = compileSearch<ShopRollout>(args.query, { status: ({ status }) => status });
  const touches = ({ treatments }: ShopRollout) =>
    discountGid === undefined ||
    treatments.some(({ changes }) => changes.some(({ targetGid }) => targetGid === discountGid));
  return pageOf([...state.rollouts.all.values()].filter(touches).filter(isFound), args, isBulk);
}

/** Shopify's search accepts OR between the filters of changes. */
function listChanges({ changes }: Treatment, args: SearchArgs, { isBulk }: AdminContext) {
  const tests = (args.query ?? "").split(" OR ").map((part) =>
    compileSearch<ShopRolloutChange>(part, {
      type: ({ kind }) => kind,
      discount_id: ({ kind, targetGid }) => (kind === "RolloutThemePublishChange" ? 0 : legacyId(targetGid)),
    }),
  );
  return pageOf(
    changes.filter((change) => tests.some((test) => test(change))),
    args,
    isBulk,
  );
}

const discountChange = {
  id: ({ gid }: ShopRolloutChange) => gid,
  discount: ({ targetGid }: ShopRolloutChange, _: unknown, { state }: AdminContext) =>
    state.app.discounts.get(targetGid) ?? null,
};

export const discountResolvers: Resolvers = {
  QueryRoot: {
    rollouts: (_: unknown, args: SearchArgs, context) => listRollouts(args, context),
    rollout: (_: unknown, { id }: { id: string }, { state }) => state.rollouts.all.get(id) ?? null,
    discountNodes: (_: unknown, args: PageArgs & { query?: string | null }, context) =>
      listDiscounts(args, context),
    discountNode: (_: unknown, { id }: { id: string }, { state }) =>
      state.app.discounts.get(id.replace("/DiscountNode/", "/DiscountAutomaticNode/")) ?? null,
    automaticDiscountNodes: (_: unknown, args: PageArgs & { query?: string | null }, context) =>
      listDiscounts(args, context),
    automaticDiscountNode: (_: unknown, { id }: { id: string }, { state }) =>
      state.app.discounts.get(id) ?? null,
    discountNodesCount: (_: unknown, { query }: { query?: string | null }, context) => ({
      count: listDiscounts({ query: query ?? null, first: 250 }, context).nodes.length,
      precision: "EXACT",
    }),
    appDiscountTypes: (_: unknown, __: unknown, { extensions }) => extensions.functions,
  },
  DiscountNode: {
    ...metafieldFields(({ gid }: ShopAutomaticDiscount) => gid),
    id: ({ gid }: ShopAutomaticDiscount) => gid.replace("/DiscountAutomaticNode/", "/DiscountNode/"),
    discount: (record: ShopAutomaticDiscount) => toAppDiscount(record),
  },
  DiscountAutomaticNode: {
    ...metafieldFields(({ gid }: ShopAutomaticDiscount) => gid),
    id: ({ gid }: ShopAutomaticDiscount) => gid,
    automaticDiscount: (record: ShopAutomaticDiscount) => toAppDiscount(record),
  },
  DiscountAutomaticApp: {
    rollouts: ({ record }: AppDiscount, args: SearchArgs, context) => listRollouts(args, context, record.gid),
    discountId: ({ record }: AppDiscount) => record.gid,
    title: ({ record }: AppDiscount) => record.title,
    status: ({ record }: AppDiscount, _: unknown, { state }) => statusOf(record, state.clock.now()),
    startsAt: ({ record }: AppDiscount) => toIso(record.startsAtMs),
    endsAt: ({ record }: AppDiscount) => (record.endsAtMs === null ? null : toIso(record.endsAtMs)),
    createdAt: ({ record }: AppDiscount) => toIso(record.createdAtMs),
    updatedAt: ({ record }: AppDiscount) => toIso(record.updatedAtMs),
    combinesWith: ({ record }: AppDiscount) => record.combinesWith,
    discountClasses: ({ record }: AppDiscount) => record.discountClasses,
    discountClass: ({ record }: AppDiscount) => record.discountClasses[0],
    asyncUsageCount: ({ record }: AppDiscount, _: unknown, { state }) =>
      [...state.orders.orders.values()].filter(({ discountApplications }) =>
        discountApplications.some(({ type, title }) => type === "automatic" && title === record.title),
      ).length,
    tags: () => [],
    appDiscountType: ({ record }: AppDiscount, _: unknown, { extensions }) =>
      extensions.functions.find(({ id }) => id === record.functionId) ?? null,
  },
  Rollout: {
    id: ({ gid }: ShopRollout) => gid,
    createdAt: ({ createdAtMs }: ShopRollout) => toIso(createdAtMs),
    updatedAt: ({ updatedAtMs }: ShopRollout) => toIso(updatedAtMs),
    startedAt: ({ startedAtMs }: ShopRollout) => instant(startedAtMs),
    concludedAt: ({ concludedAtMs }: ShopRollout) => instant(concludedAtMs),
    archivedAt: () => null,
    schedule: () => null,
    effectiveTrafficAllocation: ({ trafficAllocation }: ShopRollout) => trafficAllocation,
  },
  RolloutTreatment: {
    id: ({ gid }: Treatment) => gid,
    changes: (treatment: Treatment, args: SearchArgs, context) => listChanges(treatment, args, context),
  },
  RolloutDiscountActivateChange: discountChange,
  RolloutDiscountExpireChange: discountChange,
  RolloutThemePublishChange: {
    id: ({ gid }: ShopRolloutChange) => gid,
    theme: ({ targetGid }: ShopRolloutChange, _: unknown, { state }: AdminContext) =>
      state.onlineStore.themes.get(targetGid) ?? null,
  },
  Mutation: {
    discountAutomaticAppCreate: (
      _: unknown,
      { automaticAppDiscount: input }: { automaticAppDiscount: DiscountInput },
      context,
    ) => {
      const { app, clock } = context.state;
      const functionId = readFunction(input, context);
      if (typeof functionId !== "string") return refuse(functionId);
      const problem = checkInput({ ...input, title: input.title ?? "" });
      if (problem) return refuse(problem);
      if (!input.startsAt) {
        return refuse({
          code: "BLANK",
          field: ["automaticAppDiscount", "startsAt"],
          message: "Starts at can't be blank.",
        });
      }
      if ([...app.discounts.values()].some(({ title }) => title === input.title)) {
        const message = "Title must be unique for automatic discount.";
        return refuse({ code: "TAKEN", field: ["automaticAppDiscount", "title"], message });
      }
      if (app.listActiveDiscounts().length >= MAX_ACTIVE_DISCOUNTS) {
        const message = `A shop can have at most ${MAX_ACTIVE_DISCOUNTS} active automatic app discounts.`;
        return refuse({ code: "MAX_APP_DISCOUNTS", field: null, message });
      }
      const nowMs = clock.now();
      const record: ShopAutomaticDiscount = {
        gid: clock.nextGid("DiscountAutomaticNode"),
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        title: input.title ?? "",
        functionId,
        startsAtMs: Date.parse(input.startsAt),
        endsAtMs: input.endsAt ? Date.parse(input.endsAt) : null,
        combinesWith: {
          orderDiscounts: false,
          productDiscounts: false,
          shippingDiscounts: false,
          ...input.combinesWith,
        },
        discountClasses: input.discountClasses ?? ["PRODUCT"],
      };
      app.discounts.set(record.gid, record);
      for (const { namespace, key, type, value } of input.metafields ?? []) {
        app.setMetafield({ ownerGid: record.gid, namespace, key, type: type ?? "json", value });
      }
      return { automaticAppDiscount: toAppDiscount(record), userErrors: [] };
    },
    discountAutomaticAppUpdate: (
      _: unknown,
      { id, automaticAppDiscount: input }: { id: string; automaticAppDiscount: DiscountInput },
      context,
    ) => {
      const { app, clock } = context.state;
      const record = app.discounts.get(id);
      if (!record) return refuse({ code: "INVALID", field: ["id"], message: "Discount does not exist." });
      const problem = checkInput(input);
      if (problem) return refuse(problem);
      if (input.functionId || input.functionHandle) {
        const functionId = readFunction(input, context);
        if (typeof functionId !== "string") return refuse(functionId);
        record.functionId = functionId;
      }
      if (input.title) record.title = input.title;
      if (input.startsAt) record.startsAtMs = Date.parse(input.startsAt);
      if (input.endsAt !== undefined) record.endsAtMs = input.endsAt ? Date.parse(input.endsAt) : null;
      if (input.combinesWith) record.combinesWith = { ...record.combinesWith, ...input.combinesWith };
      if (input.discountClasses) record.discountClasses = input.discountClasses;
      record.updatedAtMs = clock.now();
      emitChange(context.state, "update", record);
      return { automaticAppDiscount: toAppDiscount(record), userErrors: [] };
    },
    discountAutomaticDelete: (_: unknown, { id }: { id: string }, { state }) => {
      const record = state.app.discounts.get(id);
      const isDeleted = state.app.discounts.delete(id);
      if (record) emitChange(state, "delete", record);
      const error = { code: "INVALID", field: ["id"], message: "Discount does not exist.", extraInfo: null };
      return isDeleted
        ? { deletedAutomaticDiscountId: id, userErrors: [] }
        : { deletedAutomaticDiscountId: null, userErrors: [error] };
    },
    discountAutomaticDeactivate: (_: unknown, { id }: { id: string }, { state }) => {
      const record = state.app.discounts.get(id);
      if (!record) {
        const error = {
          code: "INVALID",
          field: ["id"],
          message: "Discount does not exist.",
          extraInfo: null,
        };
        return { automaticDiscountNode: null, userErrors: [error] };
      }
      record.endsAtMs = record.updatedAtMs = state.clock.now();
      emitChange(state, "update", record);
      return { automaticDiscountNode: record, userErrors: [] };
    },
    discountAutomaticActivate: (_: unknown, { id }: { id: string }, { state }) => {
      const record = state.app.discounts.get(id);
      if (!record) {
        const error = {
          code: "INVALID",
          field: ["id"],
          message: "Discount does not exist.",
          extraInfo: null,
        };
        return { automaticDiscountNode: null, userErrors: [error] };
      }
      record.updatedAtMs = state.clock.now();
      record.startsAtMs = Math.min(record.startsAtMs, record.updatedAtMs);
      record.endsAtMs = null;
      emitChange(state, "update", record);
      return { automaticDiscountNode: record, userErrors: [] };
    },
  },
};
