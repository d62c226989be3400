/** Cart attribute and order note attribute that carries the arm: `t:VISITOR` or `h:VISITOR`. */
export const ARM_ATTRIBUTE = "_bundlesmith";
/** Title of the one automatic discount that the app keeps in a shop. */
export const DISCOUNT_TITLE = "Bundle offer";

/** The Function's name of a bundle's discount for shoppers, in each of the storefront's languages. */
const BUNDLE_DISCOUNT_NAMES: readonly string[] = [
  DISCOUNT_TITLE,
  "عرض مجمّع",
  "Sættilbud",
  "Set-Angebot",
  "Oferta de conjunto",
  "Offre groupée",
  "Offerta insieme",
  "セット割引",
  "세트 혜택",
  "Setaanbieding",
  "Oferta zestawu",
  "Paketerbjudande",
  "Set teklifi",
  "组合优惠",
];

/**
 * Whether an order's automatic discount is ours. Shopify names it by the discount's title, or by the Function's
 * message: a name in the shopper's language, a colon and the bundle's own title. A discount that the merchant names
 * like this by hand counts as ours.
 */
export function isBundleDiscount(applicationTitle: string | null | undefined): boolean {
  return (
    applicationTitle === DISCOUNT_TITLE ||
    BUNDLE_DISCOUNT_NAMES.some((name) => applicationTitle?.startsWith(`${name}: `))
  );
}
