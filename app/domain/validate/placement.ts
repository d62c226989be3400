import { z } from "zod";

/**
 * Where an offer is shown: on the page of each of its products and in the cart, on those pages alone, on the page of its
 * first product alone, or in the cart alone. The price holds wherever the products were put into the cart.
 */
export const PLACEMENTS = ["everywhere", "pages", "first", "cart"] as const;
export const Placement = z.enum(PLACEMENTS);
export type Placement = z.infer<typeof Placement>;
