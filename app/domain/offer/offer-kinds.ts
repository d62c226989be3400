/** The four forms of an offer. A fifth is a case here, and the compiler names every place that must answer for it. */
export const OFFER_KINDS = ["set", "range", "breaks", "gift"] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

export const BREAK_SCOPES = ["variant", "product", "pool"] as const;
/** Whose units count together for a tier: of one variant, of one product's variants, or of all products of the offer. */
export type BreakScope = (typeof BREAK_SCOPES)[number];

export const REWARD_TYPES = ["percent", "amount", "price", "none"] as const;
/** Most tiers of one offer. */
export const MAX_TIERS = 6;

/** Most products of a set or of a gift's purchase, and of a pool; beyond them the storefront would hide what it sells. */
export const MAX_PARTS = 4;
export const MAX_POOL = 100;
/** Amounts are below so many whole units of their currency: the Function reads eight digits of hundredths. */
export const AMOUNT_LIMIT_UNITS = 1_000_000;

/**
 * Where an offer is shown: on the page of each of its products and in the cart, on those pages alone, on the page of its
 * first product alone, or in the cart alone. The price holds wherever the products were put into the cart.
 */
export const PLACEMENTS = ["everywhere", "pages", "first", "cart"] as const;
