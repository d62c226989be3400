/** Shopify's limits for one run of a Function on a cart of up to 200 lines. */
export const FUNCTION_LIMITS = {
  moduleBytes: 256_000,
  memoryBytes: 10_000 * 1024,
  inputBytes: 128_000,
  outputBytes: 20_000,
  instructions: 11_000_000,
} as const;

/** A run that Shopify would have stopped; the shopper then gets no discount. */
export class FunctionLimitError extends Error {
  override name = "FunctionLimitError";
  readonly limit: keyof typeof FUNCTION_LIMITS;

  constructor(limit: keyof typeof FUNCTION_LIMITS, value: number) {
    super(`the Function passed its limit of ${limit}: ${value} > ${FUNCTION_LIMITS[limit]}`);
    this.limit = limit;
  }
}

/** @throws FunctionLimitError when `value` is above the limit */
export function holdToLimit(limit: keyof typeof FUNCTION_LIMITS, value: number): void {
  if (value > FUNCTION_LIMITS[limit]) throw new FunctionLimitError(limit, value);
}
