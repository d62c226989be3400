import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
} from "graphql";
import type { AdminContext } from "./admin-context.ts";
import { readAdminSchema } from "./admin-schema.ts";
import { runAdmin } from "./execute-admin.ts";

/** Why Shopify would not run a mutation in bulk, or null. It must fit the schema and be a single mutation. */
export function checkBulkMutation(mutation: string): string | null {
  let document: DocumentNode;
  try {
    document = parse(mutation);
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
  const [error] = validate(readAdminSchema(), document);
  if (error) return error.message;
  const operation = getOperationAST(document);
  return operation?.operation === OperationTypeNode.MUTATION && operation.selectionSet.selections.length === 1
    ? null
    : "The operation must be one mutation.";
}

/** Runs a mutation for one line of variables; a line that fails as a whole has errors and no data. */
export async function runLine(
  document: DocumentNode,
  line: string,
  lineNumber: number,
  context: AdminContext,
): Promise<Record<string, unknown>> {
  const variables = parseLine(line);
  if (variables === null) return { errors: [{ message: "Invalid JSON" }], __lineNumber: lineNumber };
  const { data, errors } = await runAdmin(document, variables, context);
  return {
    ...(data ? { data } : {}),
    ...(errors ? { errors: errors.map(({ message }) => ({ message })) } : {}),
    __lineNumber: lineNumber,
  };
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
