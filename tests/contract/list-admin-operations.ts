import { readdirSync } from "node:fs";

/** Folder of the app's operations, one per file. */
export const OPERATIONS_FOLDER = new URL("../../app/shopify/", import.meta.url);

const OPERATION = /(?:#graphql)?\s*\b(query|mutation)\s+\w+/;

/** Lists every exported text constant of the Admin API modules that is an operation. */
export async function listAdminOperations(): Promise<[name: string, operation: string][]> {
  const found: [string, string][] = [];
  for (const file of readdirSync(OPERATIONS_FOLDER, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const exported = (await import(new URL(file, OPERATIONS_FOLDER).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value === "string" && OPERATION.test(value)) found.push([`${file} ${name}`, value]);
    }
  }
  return found;
}
