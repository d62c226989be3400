import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { z } from "zod";
import type { Uplift } from "./uplift.ts";

/** JSON has no infinity: an interval without bounds has nulls. */
const StoredEstimate = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/**
 * Stored result of a measuring period that has ended. Money is in minor units of `currency`, or of the shop's currency
 * if absent. Rows of earlier releases hold more fields.
 */
export const PeriodResult = z.object({
  visitors: z.object({ treated: z.number().int().min(0), holdout: z.number().int().min(0) }),
  isEnough: z.boolean(),
  isDrawBroken: z.boolean(),
  sampleRatioPValue: z.number().nullable(),
  perVisitorMinor: StoredEstimate,
  incrementalRevenueMinor: StoredEstimate,
  /** Set if the shop's currency has changed since. */
  currency: z.string().optional(),
});
export type PeriodResult = z.infer<typeof PeriodResult>;

/** The part of a comparison that is stored. */
export function toPeriodResult(uplift: Uplift): PeriodResult {
  const { visitors, isEnough, isDrawBroken, sampleRatioPValue } = uplift;
  return {
    visitors,
    isEnough,
    isDrawBroken,
    sampleRatioPValue,
    perVisitorMinor: store(uplift.perVisitorMinor),
    incrementalRevenueMinor: store(uplift.incrementalRevenueMinor),
  };
}

export function restoreEstimate({ value, low, high }: z.infer<typeof StoredEstimate>): Estimate {
  return { value, low: low ?? -Infinity, high: high ?? Infinity };
}

function store({ value, low, high }: Estimate): z.infer<typeof StoredEstimate> {
  const bound = (at: number) => (Number.isFinite(at) ? at : null);
  return { value, low: bound(low), high: bound(high) };
}
