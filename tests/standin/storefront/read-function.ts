import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildExtensions } from "#extensions/build.ts";

const QUERY = "extensions/bundle-discount/src/cart-lines-discounts-generate-run.graphql";

/** The compiled Function, built first if its sources changed. */
export async function readFunctionWasm(): Promise<Uint8Array> {
  const { "bundle-discount": output } = await buildExtensions(["bundle-discount"]);
  return await readFile(output!);
}

/** Text of the Function's input query. */
export async function readFunctionInputQuery(): Promise<string> {
  return await readFile(join(import.meta.dirname, "../../..", QUERY), "utf8");
}
