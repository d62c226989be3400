import { GraphQLError } from "graphql";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { AppExtensions } from "#tests/standin/shop/app-extensions.ts";
import type { BulkOperations } from "./bulk-operations.ts";

/** The context of a resolver. */
export interface AdminContext {
  readonly state: ShopState;
  readonly extensions: AppExtensions;
  readonly bulk: BulkOperations;
  /** Scopes of the request's token. */
  readonly scopes: ReadonlySet<string>;
  /** Inside a bulk operation connections need no `first` and have no page. */
  readonly isBulk: boolean;
  /** The part of its root records that a bulk operation reads now; the root's connection sets it with its answer. */
  readonly bulkPage?: BulkPage;
}

/** A bulk operation reads its root in pages, so the shop can answer other requests in between. */
export interface BulkPage {
  readonly first: number;
  after: string | null;
  hasNextPage: boolean;
}

/**
 * One field. `source` and `args` are narrowed by each resolver: graphql-js has checked the arguments against the
 * schema before, and the parent's resolver decides what the source is.
 */
export type Resolver = (source: never, args: never, context: AdminContext) => unknown;
export type TypeResolvers = Readonly<Record<string, Resolver>>;
export type Resolvers = Readonly<Record<string, TypeResolvers>>;

export interface MutationError {
  field: string[] | null;
  message: string;
  code?: string | null;
  elementIndex?: number | null;
}

/** The error for a field of the schema without data in the stand-in: loud, never an invented value. */
export function notHeld(what: string): GraphQLError {
  return new GraphQLError(`The stand-in shop does not hold ${what}.`, {
    extensions: { code: "STANDIN_NOT_HELD" },
  });
}

export function accessDenied(field: string, scopes: readonly string[]): GraphQLError {
  const requiredAccess = `${scopes.map((scope) => `\`${scope}\` access scope`).join(" or ")}.`;
  return new GraphQLError(`Access denied for ${field} field. Required access: ${requiredAccess}`, {
    extensions: {
      code: "ACCESS_DENIED",
      documentation: "https://shopify.dev/api/usage/access-scopes",
      requiredAccess,
    },
  });
}

/** Whether a token has any of the `wanted` scopes; a write scope includes its read scope. */
export function hasAnyScope(held: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.some((scope) => held.has(scope) || held.has(scope.replace(/^read_/, "write_")));
}

export function toIso(instantMs: number): string {
  return new Date(instantMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
