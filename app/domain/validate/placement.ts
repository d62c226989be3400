import { z } from "zod";
import { PLACEMENTS } from "#app/domain/offer/offer-kinds.ts";

export const Placement = z.enum(PLACEMENTS);
export type Placement = z.infer<typeof Placement>;
