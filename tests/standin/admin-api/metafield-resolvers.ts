import { GraphQLError } from "graphql";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopMetafield } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import {
  accessDenied,
  hasAnyScope,
  notHeld,
  toIso,
  type AdminContext,
  type MutationError,
  type Resolver,
  type Resolvers,
} from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { findDefinition, readOwner } from "./metafields/metafield-owners.ts";
import { checkMetafieldValue, toJsonValue } from "./metafields/metafield-values.ts";

interface MetafieldInput {
  ownerId: string;
  namespace?: string | null;
  key: string;
  type?: string | null;
  value: string;
  compareDigest?: string | null;
}

const MAX_METAFIELDS_A_CALL = 25;

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

/** The type can be omitted if a definition or the metafield itself has one. */
function typeOfInput(input: MetafieldInput, state: ShopState): string | null {
  if (input.type) return input.type;
  const namespace = state.app.resolveNamespace(input.namespace);
  const owner = readOwner(input.ownerId, state);
  const definition = owner && findDefinition(state, owner.type, namespace, input.key);
  return definition?.type ?? state.app.findMetafield(input.ownerId, input.namespace, input.key)?.type ?? null;
}

/** Writing a product's metafields counts as updating the product. */
function touchOwners(inputs: readonly { ownerId: string }[], { catalogue }: ShopState): void {
  for (const gid of new Set(inputs.map(({ ownerId }) => ownerId))) {
    if (catalogue.products.has(gid)) catalogue.touchProduct(gid);
  }
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
  Mutation: {
    metafieldsSet: (_: unknown, { metafields }: { metafields: MetafieldInput[] }, context) => {
      if (metafields.length > MAX_METAFIELDS_A_CALL) {
        const message = `Exceeded the maximum metafields input limit of ${MAX_METAFIELDS_A_CALL}.`;
        const error = { code: "LESS_THAN_OR_EQUAL_TO", field: ["metafields"], message, elementIndex: null };
        return { metafields: null, userErrors: [error] };
      }
      const userErrors = metafields.flatMap((input, index) => checkInput(input, index, context) ?? []);
      // All or nothing: if one metafield is wrong, none is written.
      if (userErrors.length > 0) return { metafields: null, userErrors };
      const { app } = context.state;
      const changed = metafields.filter(
        (input) => app.findMetafield(input.ownerId, input.namespace, input.key)?.value !== input.value,
      );
      const written = metafields.map((input) => {
        const type = typeOfInput(input, context.state);
        if (type === null) throw new GraphQLError("a metafield without a type passed the check");
        const { ownerId, namespace, key, value } = input;
        return app.setMetafield({ ownerGid: ownerId, namespace, key, type, value });
      });
      touchOwners(changed, context.state);
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
      touchOwners(
        metafields.filter((_, index) => deleted[index] !== null),
        context.state,
      );
      return { deletedMetafields: deleted, userErrors: [] };
    },
  },
};
