import { z } from "zod";

/**
 * An estimate and its interval, in the unit that the field's name says; of 90 %, in step 8 of what its period promises,
 * 95 %.
 */
export const Estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Estimate = z.infer<typeof Estimate>;

/** The estimate times a positive number. */
export function scaleEstimate({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor };
}
