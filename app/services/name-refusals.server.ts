import { z } from "zod";
import type { Item } from "#app/domain/prepare/baskets.ts";
import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";

/** A combination that was refused, as the merchant reads it. */
export const NamedRefusal = z.object({ components: z.array(z.string()), reason: z.string() });
export type NamedRefusal = z.infer<typeof NamedRefusal>;

/** More are of no use to a reader, and the report is a row of the database. */
const MAX_NAMED = 200;

/** The first refusals with the products' titles in the place of their numbers. */
export function nameRefusals(refused: readonly Refusal[], items: readonly Item[]): NamedRefusal[] {
  return refused.slice(0, MAX_NAMED).map(({ components, reason }) => ({
    components: components.map((item) => items[item]!.title),
    reason,
  }));
}
