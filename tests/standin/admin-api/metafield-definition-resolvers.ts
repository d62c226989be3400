import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopMetafieldDefinition } from "#tests/standin/shop/shop-records.ts";
import { accessDenied, hasAnyScope, type Resolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { definitionKey, readOwner } from "./metafields/metafield-owners.ts";

interface DefinitionInput {
  namespace?: string | null;
  key: string;
  name: string;
  description?: string | null;
  ownerType: string;
  type: string;
  access?: { admin?: string | null; storefront?: string | null } | null;
}

export const metafieldDefinitionResolvers: Resolvers = {
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
