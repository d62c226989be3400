/** A kind of bundle in the merchant's words. */
export function toKindName(kind: string): string {
  if (kind === "complementary") return "Bought together";
  if (kind === "substitute") return "Stand-in";
  if (kind === "seasonal") return "In season";
  return kind;
}

/** What the kind means, for a tooltip. */
export function toKindText(kind: string): string {
  if (kind === "complementary") return "Shoppers put these into one basket more often than chance would.";
  if (kind === "substitute")
    return "One product of a good bundle is out of stock; the nearest one available takes its place.";
  if (kind === "seasonal") return "Demand for these is about to rise, going by earlier years.";
  return "";
}
