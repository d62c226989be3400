import type { DiscountCandidate, DiscountResult, FunctionCart } from "./run-discount-function.ts";

/** A candidate that was applied, with its share on each line. */
interface AppliedDiscount {
  message: string;
  /** Whole discount, hundredths of the cart's currency. */
  hundredths: number;
  /** Shares by line id; they sum to `hundredths`. */
  shares: { lineId: string; quantity: number; hundredths: number }[];
}

/**
 * Applies a Function's product discounts as a checkout does. A line takes one discount, the largest first. An amount
 * is spread over its target units in proportion to their price, in the currency's smallest unit; the rest goes to the
 * largest remainders.
 *
 * @throws Error on a target that the cart lacks, a quantity beyond the line's, or a value that is not a fixed amount
 *   or cannot be paid in coins of the currency
 */
export function allocateDiscounts(cart: FunctionCart, result: DiscountResult): AppliedDiscount[] {
  const candidates = result.operations
    .flatMap((operation) => operation.productDiscountsAdd?.candidates ?? [])
    .map((candidate) => toDiscount(cart, candidate))
    .sort((a, b) => b.hundredths - a.hundredths);
  const taken = new Set<string>();
  return candidates.filter((discount) => {
    if (discount.shares.some(({ lineId }) => taken.has(lineId))) return false;
    for (const { lineId } of discount.shares) taken.add(lineId);
    return true;
  });
}

function toDiscount(cart: FunctionCart, candidate: DiscountCandidate): AppliedDiscount {
  const amount = candidate.value.fixedAmount?.amount;
  if (amount === undefined) throw new Error("only fixed amounts are known to this checkout");
  const targets = candidate.targets.map(({ cartLine }) => {
    const line = cart.lines.find(({ id }) => id === cartLine.id);
    if (line === undefined)
      throw new Error(`the discount targets a line that the cart lacks: ${cartLine.id}`);
    const quantity = cartLine.quantity ?? line.quantity;
    if (quantity > line.quantity)
      throw new Error(`the discount targets ${quantity} of ${line.quantity} units`);
    return { lineId: line.id, quantity, hundredths: line.unitHundredths * quantity };
  });
  const total = targets.reduce((sum, target) => sum + target.hundredths, 0);
  const hundredths = Math.min(Math.round(Number(amount) * 100), total);
  const step = smallestPayable(cart.currency);
  if (hundredths % step !== 0) throw new Error(`no coin of ${cart.currency} pays a discount of ${amount}`);
  const message = candidate.message ?? "";
  return { message, hundredths, shares: spread(targets, hundredths, { total, step }) };
}

function spread(
  targets: AppliedDiscount["shares"],
  hundredths: number,
  { total, step }: { total: number; step: number },
): AppliedDiscount["shares"] {
  const exact = targets.map((target) => (total === 0 ? 0 : (hundredths * target.hundredths) / total / step));
  const shares = targets.map((target, i) => ({ ...target, hundredths: Math.floor(exact[i]!) * step }));
  let rest = hundredths - shares.reduce((sum, share) => sum + share.hundredths, 0);
  const byRemainder = exact.map((share, i) => ({ i, remainder: share % 1 }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder) {
    if (rest <= 0) break;
    shares[i]!.hundredths += step;
    rest -= step;
  }
  return shares;
}

/** Hundredths in the smallest amount of a currency. CLDR lists no digits for currencies without small coins. */
function smallestPayable(currency: string): number {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return digits.maximumFractionDigits === 0 && !KEEPS_HUNDREDTHS.has(currency) ? 100 : 1;
}

/** Currencies that CLDR shows without decimals but that are charged with them. */
const KEEPS_HUNDREDTHS: ReadonlySet<string> = new Set(["HUF", "IQD"]);
