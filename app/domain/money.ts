/** ISO 4217 currencies whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, MGA: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
}; // prettier-ignore

/** Decimal digits of the currency's minor unit; 2 unless ISO 4217 has an exception. */
export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/**
 * Shopify's decimal string to integer minor units, half away from zero: ("12.345", "USD") → 1235.
 * Works on the digits, because 1.005 * 100 is 100.49999999999999.
 *
 * @returns null unless the text is a plain decimal number
 */
export function parseMinor(decimal: string, currency: string): number | null {
  const match = /^\s*(-?)(\d+)(?:\.(\d*))?\s*$/.exec(decimal);
  if (!match) return null;
  const digits = minorDigits(currency);
  const fraction = (match[3] ?? "").padEnd(digits + 1, "0");
  const whole = Number(`${match[2]}${fraction.slice(0, digits)}`);
  const roundsUp = Number(fraction[digits]) >= 5;
  const minor = whole + (roundsUp ? 1 : 0);
  return match[1] === "-" && minor !== 0 ? -minor : minor;
}

/** Integer minor units to Shopify's decimal string: (1235, "USD") → "12.35". */
export function formatDecimal(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const sign = minor < 0 ? "-" : "";
  return digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${text.slice(-digits)}`;
}

/**
 * Formats whole units of a currency, with every digit of its minor unit.
 *
 * @param locale BCP 47
 * @throws RangeError for a currency that is not three letters
 */
export function createMoneyFormat(currency: string, locale: string): Intl.NumberFormat {
  // By default, Intl rounds to the cash units of some currencies: 12.50 forints would be 13.
  const digits = minorDigits(currency);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Currency that a cart is paid in. */
export interface CartMoney {
  /** ISO code. */
  readonly currency: string;
  /** Units of it per unit of the shop's currency, in millionths; `IN_SHOP_CURRENCY` for the shop's own. */
  readonly rateMillionths: number;
}

export const IN_SHOP_CURRENCY = 1_000_000;

/** Converts hundredths of the shop's currency to the cart's, half up to a payable amount, at least the smallest one. */
export function toCart(hundredths: number, { currency, rateMillionths }: CartMoney): number {
  const step = smallestPayable(currency);
  const unit = BigInt(step) * BigInt(IN_SHOP_CURRENCY);
  const rounded = (BigInt(hundredths) * BigInt(rateMillionths) * 2n + unit) / (2n * unit);
  return Math.max(1, Number(rounded)) * step;
}

/** Smallest payable amount of a currency, in hundredths of a unit. */
export function smallestPayable(currency: string): number {
  return minorDigits(currency) === 0 ? 100 : 1;
}
