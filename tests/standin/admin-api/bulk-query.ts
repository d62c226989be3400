import {
  getNamedType,
  getNullableType,
  getOperationAST,
  GraphQLError,
  isListType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
} from "graphql";
import { readAdminSchema } from "./admin-schema.ts";

const MAX_CONNECTIONS = 5;
const MAX_DEPTH = 2;

/**
 * Why Shopify would not run a query in bulk, or null: it must fit the schema, hold one to five connections nested at
 * most two deep, and have no connection inside a list (the refund lines of an order's refunds, for one).
 */
export function checkBulkQuery(query: string): string | null {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
  const schema = readAdminSchema();
  const [error] = validate(schema, document);
  if (error) return error.message;

  const operation = getOperationAST(document);
  if (operation?.selectionSet.selections.length !== 1)
    return "Bulk queries must have a single top-level field.";
  const typeInfo = new TypeInfo(schema);
  let connections = 0;
  let problem: string | null = null;
  const path: ("connection" | "edges" | "list" | "object")[] = [];
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: {
        enter() {
          const type = typeInfo.getType();
          const name = type ? getNamedType(type).name : "";
          const isInConnection = path.at(-1) === "connection";
          if (name.endsWith("Connection")) {
            connections += 1;
            if (path.includes("list")) {
              problem ??=
                "Queries that contain a connection field within a list field are not currently supported.";
            }
            if (path.filter((kind) => kind === "connection").length >= MAX_DEPTH) {
              problem ??= `Bulk queries cannot contain connections nested more than ${MAX_DEPTH} deep.`;
            }
            path.push("connection");
          } else if (isListType(getNullableType(type))) {
            path.push(isInConnection ? "edges" : "list");
          } else {
            path.push("object");
          }
        },
        leave() {
          path.pop();
        },
      },
    }),
  );
  if (problem !== null) return problem;
  if (connections === 0) return "Bulk queries must contain at least one connection.";
  if (connections > MAX_CONNECTIONS)
    return `Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`;
  return null;
}
