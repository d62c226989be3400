import { readFile, stat } from "node:fs/promises";
import { z } from "zod";
import type { SetOutcome } from "#app/domain/propose/profit/learned-response.ts";
import { inputError } from "#app/process/errors.ts";
import { ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";

const MOST_BYTES = 5_000_000;
const MOST_OFFERS = 10_000;
const MOST_TRIALS = 100;

const Outcomes = z
  .array(
    z.strictObject({
      skus: z.array(z.string().min(1)).min(2).max(4),
      trials: z
        .array(
          z.strictObject({
            /** Null means without the offer. */
            discountRatio: z.number().min(0).max(0.9).nullable(),
            visitors: z.number().min(0),
            sets: z.number().min(0),
          }),
        )
        .max(MOST_TRIALS),
      ordersAnyway: z.number().min(0).optional(),
    }),
  )
  .max(MOST_OFFERS);

/**
 * Reads a JSON file with the visitors' response to earlier offers: `[{skus, ordersAnyway, trials: [{discountRatio,
 * visitors, sets}]}]`. `ordersAnyway` is optional: the orders without the offer that the suggestion expected for that
 * time. For three products at full price, each pair counts as an offer.
 *
 * @param itemOf item of a SKU; skips an offer with a SKU that has no order
 */
export async function readOutcomes(
  path: string,
  itemOf: (sku: string) => number | undefined,
): Promise<SetOutcome[]> {
  const outcomes = await readJson(path, Outcomes);
  return outcomes.flatMap(({ skus, trials, ordersAnyway = null }) => {
    const items = skus.flatMap((sku) => itemOf(sku) ?? []);
    return items.length === skus.length ? [{ items, trials, ordersAnyway }] : [];
  });
}

/** Reads a JSON list of the answers of other shops. */
export function readAnswers(path: string): Promise<ShopAnswer[]> {
  return readJson(path, ShopAnswer.array().max(MOST_OFFERS));
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw inputError(`${path}: ${size} bytes; at most ${MOST_BYTES}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw inputError(`${path}: not JSON: ${(error as Error).message}`, error);
  }
  const read = schema.safeParse(parsed);
  if (!read.success) {
    const { path: place, message } = read.error.issues[0]!;
    throw inputError(`${path}: ${place.join(".") || "the whole"}: ${message}`);
  }
  return read.data;
}
