import type { RulePart } from "./offer-rule.ts";

/** All units of one variant that may serve an offer. */
export interface PricedVariant {
  readonly variant: string;
  readonly product: string;
  readonly units: number;
  /** Price of one unit in hundredths of the cart's currency unit, above 0. */
  readonly unitHundredths: number;
  /** Whether its product carries the rule, which makes it one of the pool of a range, of breaks, of a spending. */
  readonly isInPool: boolean;
}

/** Units drawn from a cart. */
export interface Draw {
  readonly units: ReadonlyMap<string, number>;
  readonly hundredths: number;
  /** Whether all of its units cost the same, so that each set does. */
  readonly areAlike: boolean;
}

/** The dearest units; no fewer are there than asked for. */
export function draw(variants: readonly PricedVariant[], count: number): Draw {
  const units = new Map<string, number>();
  const prices = new Set<number>();
  let hundredths = 0;
  let rest = count;
  for (const { variant, units: held, unitHundredths } of variants) {
    const taken = Math.min(rest, held);
    if (taken === 0) continue;
    units.set(variant, taken);
    prices.add(unitHundredths);
    hundredths += taken * unitHundredths;
    rest -= taken;
  }
  return { units, hundredths, areAlike: prices.size === 1 };
}

interface FilledPart {
  readonly part: RulePart;
  readonly variants: readonly PricedVariant[];
}

/** The parts with the variants that may fill them: with none where two parts may take the same, whose units count once. */
export function fillParts(parts: readonly RulePart[], cart: readonly PricedVariant[]): FilledPart[] {
  const filled = joinParts(parts).map((part) => ({ part, variants: variantsOf(part, cart) }));
  const all = filled.flatMap(({ variants }) => variants);
  return new Set(all).size === all.length ? filled : filled.map(({ part }) => ({ part, variants: [] }));
}

/** The same part named twice is one of more units. */
function joinParts(parts: readonly RulePart[]): RulePart[] {
  const joined = new Map<string, RulePart>();
  for (const part of parts) {
    const key = part.product === null ? `v${part.variant}` : `p${part.product}`;
    const known = joined.get(key);
    joined.set(key, known ? { ...known, quantity: known.quantity + part.quantity } : part);
  }
  return [...joined.values()];
}

/** The variants that may fill a part. */
export function variantsOf({ variant, product }: RulePart, cart: readonly PricedVariant[]): PricedVariant[] {
  return dearestFirst(
    cart.filter((one) => (product === null ? one.variant === variant : one.product === product)),
  );
}

/** The dearest first; equal prices keep their order. */
export function dearestFirst(variants: readonly PricedVariant[]): PricedVariant[] {
  return variants.toSorted((a, b) => b.unitHundredths - a.unitHundredths);
}

/** All units together. */
export function unitsOf(variants: readonly PricedVariant[]): number {
  return variants.reduce((sum, { units }) => sum + units, 0);
}
