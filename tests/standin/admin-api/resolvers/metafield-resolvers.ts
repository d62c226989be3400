import { GraphQLError } from "graphql";
import { legacyId } from "../../shop-clock.ts";
import type { ShopMetafield, ShopMetafieldDefinition } from "../../shop-records.ts";
import type { ShopState } from "../../shop-state.ts";
import {
  accessDenied,
  hasAnyScope,
  notHeld,
  toIso,
  type AdminContext,
  type MutationError,
  type Resolver,
  type Resolvers,
} from "../admin-context.ts";
import { toConnection, type PageArgs } from "../connection.ts";
import { checkMetafieldValue, toJsonValue } from "../metafield-values.ts";

interface MetafieldInput {
  ownerId: string;
  namespace?: string | null;
  key: string;
  type?: string | null;
  value: string;
  compareDigest?: string | null;
}

interface DefinitionInput {
  namespace?: string | null;
  key: string;
  name: string;
  description?: string | null;
  ownerType: string;
  type: string;
  access?: { admin?: string | null; storefront?: string | null } | null;
}

const MAX_METAFIELDS_A_CALL = 25;

/** Which scope writing a metafield of an owner needs, and the owner's type; null if there is no such owner. */
function readOwner(ownerGid: string, state: ShopState): { scope: string | null; type: string } | null {
  const { catalogue, orders, app } = state;
  if (catalogue.products.has(ownerGid)) return { scope: "write_products", type: "PRODUCT" };
  if (catalogue.variants.has(ownerGid)) return { scope: "write_products", type: "PRODUCTVARIANT" };
  if (catalogue.collections.has(ownerGid)) return { scope: "write_products", type: "COLLECTION" };
  if (orders.orders.has(ownerGid)) return { scope: "write_orders", type: "ORDER" };
  if (app.discounts.has(ownerGid)) return { scope: "write_discounts", type: "DISCOUNT" };
  if (ownerGid === app.installationGid) return { scope: null, type: "API_PERMISSION" };
  if (ownerGid === state.gid) return { scope: null, type: "SHOP" };
  return null;
}

function checkInput(input: MetafieldInput, index: number, context: AdminContext): MutationError | null {
  const { state } = context;
  const wrong = (field: string, code: string, message: string): MutationError => ({
    code,
    field: ["metafields", String(index), field],
    message,
    elementIndex: index,
  });
  const owner = readOwner(input.ownerId, state);
  if (!owner) return wrong("ownerId", "INVALID", "Owner does not exist.");
  if (owner.scope !== null && !hasAnyScope(context.scopes, [owner.scope])) {
    throw accessDenied("metafieldsSet", [owner.scope]);
  }
  if (!/^[\w-]{2,64}$/.test(input.key)) return wrong("key", "INVALID", "Key is invalid.");
  const namespace = state.app.resolveNamespace(input.namespace);
  if (!/^[\w-]{3,255}$/.test(namespace)) return wrong("namespace", "INVALID", "Namespace is invalid.");
  if (namespace.startsWith("app--") && !namespace.startsWith(state.app.resolveNamespace("$app"))) {
    const message = "Access to this namespace and key on Metafields for this resource type is not allowed.";
    return wrong("namespace", "APP_NOT_AUTHORIZED", message);
  }
  const type = typeOfInput(input, state);
  if (type === null) return wrong("type", "BLANK", "Type can't be blank.");
  const definition = findDefinition(state, owner.type, namespace, input.key);
  if (definition && definition.type !== type) {
    return wrong(
      "type",
      "INVALID_TYPE",
      `Type must be consistent with the definition's type: '${definition.type}'.`,
    );
  }
  if (input.value === "") return wrong("value", "BLANK", "Value can't be blank.");
  const problem = checkMetafieldValue(type, input.value, state);
  if (problem === undefined) throw notHeld(`metafields of type ${type}`);
  if (problem !== null) return wrong("value", "INVALID_VALUE", problem);
  if (input.compareDigest !== undefined) {
    const held = state.app.findMetafield(input.ownerId, input.namespace, input.key)?.compareDigest ?? null;
    if (held !== input.compareDigest) {
      const message =
        "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.";
      return wrong("compareDigest", "STALE_OBJECT", message);
    }
  }
  return null;
}

/** The type may be left out where a definition or the metafield itself tells it. */
function typeOfInput(input: MetafieldInput, state: ShopState): string | null {
  if (input.type) return input.type;
  const namespace = state.app.resolveNamespace(input.namespace);
  const owner = readOwner(input.ownerId, state);
  const definition = owner && findDefinition(state, owner.type, namespace, input.key);
  return definition?.type ?? state.app.findMetafield(input.ownerId, input.namespace, input.key)?.type ?? null;
}

const definitionKey = (ownerType: string, namespace: string, key: string) =>
  `${ownerType} ${namespace} ${key}`;

function findDefinition(state: ShopState, ownerType: string, namespace: string, key: string) {
  return state.app.metafieldDefinitions.get(definitionKey(ownerType, namespace, key)) ?? null;
}

/** The two metafield fields that every owner has. */
export function metafieldFields<S>(
  gidOf: (source: S, context: AdminContext) => string,
): Record<string, Resolver> {
  return {
    metafield: (source: S, { namespace, key }: { namespace?: string | null; key: string }, context) =>
      context.state.app.findMetafield(gidOf(source, context), namespace, key),
    metafields: (
      source: S,
      args: PageArgs & { namespace?: string | null; keys?: string[] | null },
      context: AdminContext,
    ) => {
      const found = context.state.app
        .listMetafields(gidOf(source, context), args.namespace)
        .filter(
          ({ namespace, key }) =>
            !args.keys || args.keys.some((k) => k === key || k === `${namespace}.${key}`),
        );
      return toConnection(found, args, {
        keyOf: ({ gid }) => legacyId(gid),
        idOf: ({ gid }) => gid,
        isBulk: context.isBulk,
      });
    },
  };
}

export const metafieldResolvers: Resolvers = {
  QueryRoot: {
    metafieldDefinitions: (
      _: unknown,
      args: PageArgs & { ownerType: string; namespace?: string | null; key?: string | null },
      { state, isBulk },
    ) => {
      const wanted = args.namespace ? state.app.resolveNamespace(args.namespace) : null;
      const found = [...state.app.metafieldDefinitions.values()].filter(
        ({ ownerType, namespace, key }) =>
          ownerType === args.ownerType &&
          (!wanted || namespace === wanted) &&
          (!args.key || key === args.key),
      );
      return toConnection(found, args, { keyOf: ({ gid }) => legacyId(gid), idOf: ({ gid }) => gid, isBulk });
    },
  },
  Metafield: {
    id: ({ gid }: ShopMetafield) => gid,
    legacyResourceId: ({ gid }: ShopMetafield) => String(legacyId(gid)),
    createdAt: ({ createdAtMs }: ShopMetafield) => toIso(createdAtMs),
    updatedAt: ({ updatedAtMs }: ShopMetafield) => toIso(updatedAtMs),
    jsonValue: ({ type, value }: ShopMetafield) => toJsonValue(type, value),
    sizeInBytes: ({ value }: ShopMetafield) => Buffer.byteLength(value),
    ownerType: ({ ownerGid }: ShopMetafield, _: unknown, { state }) =>
      readOwner(ownerGid, state)?.type ?? null,
    owner: ({ ownerGid }: ShopMetafield, _: unknown, { state }) =>
      state.catalogue.products.get(ownerGid) ??
      state.catalogue.variants.get(ownerGid) ??
      (ownerGid === state.app.installationGid ? { __typename: "AppInstallation", gid: ownerGid } : null),
    references: ({ type, value }: ShopMetafield, args: PageArgs, { state, isBulk }) => {
      if (!type.startsWith("list.")) return null;
      const gids = toJsonValue(type, value) as string[];
      const found = gids.flatMap(
        (gid) => state.catalogue.variants.get(gid) ?? state.catalogue.products.get(gid) ?? [],
      );
      return toConnection(found, args, {
        keyOf: ({ gid }) => gids.indexOf(gid),
        idOf: ({ gid }) => gid,
        isBulk,
      });
    },
  },
  MetafieldDefinition: {
    id: ({ gid }: ShopMetafieldDefinition) => gid,
    type: ({ type }: ShopMetafieldDefinition) => ({ name: type, category: type }),
    access: ({ access }: ShopMetafieldDefinition) => ({
      admin: access.admin,
      storefront: access.storefront ?? "NONE",
      customerAccount: "NONE",
    }),
  },
  Mutation: {
    metafieldsSet: (_: unknown, { metafields }: { metafields: MetafieldInput[] }, context) => {
      if (metafields.length > MAX_METAFIELDS_A_CALL) {
        const message = `Exceeded the maximum metafields input limit of ${MAX_METAFIELDS_A_CALL}.`;
        const error = { code: "LESS_THAN_OR_EQUAL_TO", field: ["metafields"], message, elementIndex: null };
        return { metafields: null, userErrors: [error] };
      }
      const userErrors = metafields.flatMap((input, index) => checkInput(input, index, context) ?? []);
      // All or nothing: one wrong metafield and none is written.
      if (userErrors.length > 0) return { metafields: null, userErrors };
      const { app } = context.state;
      const written = metafields.map((input) => {
        const type = typeOfInput(input, context.state);
        if (type === null) throw new GraphQLError("a metafield without a type passed the check");
        const { ownerId, namespace, key, value } = input;
        return app.setMetafield({ ownerGid: ownerId, namespace, key, type, value });
      });
      return { metafields: written, userErrors: [] };
    },
    metafieldsDelete: (
      _: unknown,
      { metafields }: { metafields: { ownerId: string; namespace: string; key: string }[] },
      context,
    ) => {
      const { app } = context.state;
      for (const { ownerId } of metafields) {
        const scope = readOwner(ownerId, context.state)?.scope;
        if (scope && !hasAnyScope(context.scopes, [scope])) throw accessDenied("metafieldsDelete", [scope]);
      }
      const deleted = metafields.map(({ ownerId, namespace, key }) =>
        app.deleteMetafield(ownerId, namespace, key)
          ? { ownerId, namespace: app.resolveNamespace(namespace), key }
          : null,
      );
      return { deletedMetafields: deleted, userErrors: [] };
    },
    metafieldDefinitionCreate: (
      _: unknown,
      { definition }: { definition: DefinitionInput },
      { state, scopes },
    ) => {
      if (/^PRODUCT/.test(definition.ownerType) && !hasAnyScope(scopes, ["write_products"])) {
        throw accessDenied("metafieldDefinitionCreate", ["write_products"]);
      }
      const { app, clock } = state;
      const namespace = app.resolveNamespace(definition.namespace);
      const mapKey = definitionKey(definition.ownerType, namespace, definition.key);
      if (app.metafieldDefinitions.has(mapKey)) {
        const message = `Key is in use for ${definition.ownerType} metafields on the '${namespace}' namespace.`;
        const error = {
          code: "TAKEN",
          field: ["definition", "key"],
          message,
          elementIndex: null,
          elementKey: null,
        };
        return { createdDefinition: null, userErrors: [error] };
      }
      const created: ShopMetafieldDefinition = {
        gid: clock.nextGid("MetafieldDefinition"),
        namespace,
        key: definition.key,
        ownerType: definition.ownerType,
        name: definition.name,
        description: definition.description ?? null,
        type: definition.type,
        access: {
          admin: definition.access?.admin ?? null,
          storefront: definition.access?.storefront ?? null,
        },
      };
      app.metafieldDefinitions.set(mapKey, created);
      return { createdDefinition: created, userErrors: [] };
    },
    metafieldDefinitionDelete: (
      _: unknown,
      args: {
        id?: string | null;
        identifier?: { ownerType: string; namespace?: string | null; key: string } | null;
        deleteAllAssociatedMetafields?: boolean | null;
      },
      { state },
    ) => {
      const { app } = state;
      const wanted = args.identifier;
      const found = [...app.metafieldDefinitions].find(([mapKey, { gid }]) =>
        wanted
          ? mapKey === definitionKey(wanted.ownerType, app.resolveNamespace(wanted.namespace), wanted.key)
          : gid === args.id,
      );
      if (!found) {
        const error = { code: "NOT_FOUND", field: ["id"], message: "Definition not found." };
        return { deletedDefinitionId: null, deletedDefinition: null, userErrors: [error] };
      }
      const [mapKey, { gid, namespace, key, ownerType }] = found;
      app.metafieldDefinitions.delete(mapKey);
      if (args.deleteAllAssociatedMetafields) {
        for (const metafield of app.metafields.values()) {
          if (metafield.namespace !== namespace || metafield.key !== key) continue;
          if (readOwner(metafield.ownerGid, state)?.type === ownerType) {
            app.deleteMetafield(metafield.ownerGid, namespace, key);
          }
        }
      }
      return { deletedDefinitionId: gid, deletedDefinition: { namespace, key, ownerType }, userErrors: [] };
    },
  },
};
