/** The four forms of an offer. A fifth is a case here, and the compiler names every place that must answer for it. */
export const OFFER_KINDS = ["set", "range", "breaks", "gift"] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

export const BREAK_SCOPES = ["variant", "product", "pool"] as const;
/** Whose units count together for a tier: of one variant, of one product's variants, or of all products of the offer. */
export type BreakScope = (typeof BREAK_SCOPES)[number];

/** Most products of a set or of a gift's purchase, and of a pool; beyond them the storefront would hide what it sells. */
export const MAX_PARTS = 4;
export const MAX_POOL = 100;
