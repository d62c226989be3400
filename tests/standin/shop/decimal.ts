/**
 * Hundredths of a decimal string such as "19.90". The stand-in sells in currencies of two decimals only.
 *
 * @throws Error if the text is not a decimal number of at most two places
 */
export function toHundredths(decimal: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(decimal);
  if (!match) throw new Error(`not a decimal of at most two places: ${JSON.stringify(decimal)}`);
  const [, sign, whole, fraction = ""] = match;
  const hundredths = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return sign === "-" ? -hundredths : hundredths;
}

/** Writes hundredths as Shopify writes money: "19.90". */
export function toDecimal(hundredths: number): string {
  const digits = String(Math.abs(hundredths)).padStart(3, "0");
  return `${hundredths < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
