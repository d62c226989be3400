/** The four forms of an offer. For a fifth one, the compiler reports every place that must handle it. */
export const OFFER_KINDS = ["set", "range", "breaks", "gift"] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

export const BREAK_SCOPES = ["variant", "product", "pool"] as const;
/** Units that count together for a tier: of one variant, of one product's variants, or of all products of the offer. */
export type BreakScope = (typeof BREAK_SCOPES)[number];

export const REWARD_TYPES = ["percent", "amount", "price", "none"] as const;
/** Maximum number of tiers of one offer. */
export const MAX_TIERS = 6;

/** Maximum number of products of a set or a gift's purchase, and of a pool; the storefront would hide others. */
export const MAX_PARTS = 4;
export const MAX_POOL = 100;
/** Amounts are below this many whole units of their currency, so that the Function has them in hundredths as 32 bits. */
export const AMOUNT_LIMIT_UNITS = 20_000_000;

/**
 * Where an offer is shown: on the page of each of its products and in the cart, only on those pages, only on the page
 * of its first product, or only in the cart. The price holds wherever the products were added to the cart.
 */
export const PLACEMENTS = ["everywhere", "pages", "first", "cart"] as const;
