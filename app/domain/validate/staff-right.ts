/** A staff member's rights in Shopify: the access scopes that the owner granted. */
export interface StaffRights {
  readonly isOwner: boolean;
  readonly scopes: readonly string[];
}

/**
 * The scope that each action of the app requires. Shopify gives an app no roles, but it narrows the app's scopes to the
 * person's own permissions, so a right is the scope that the action uses on their behalf.
 */
const NEEDS = {
  /** Changes what shoppers see or pay: decisions, edits, publishing, settings, the autopilot. */
  decide: "write_discounts",
  /** Exports data of orders or customers, or imports orders. */
  export: "read_orders",
  /** Deletes the shop's data for good: only the owner. */
  erase: null,
} as const;
export type StaffRight = keyof typeof NEEDS;

/** Whether a staff member has this right; the owner has all. */
export function mayDo(right: StaffRight, { isOwner, scopes }: StaffRights): boolean {
  const scope = NEEDS[right];
  return isOwner || (scope !== null && scopes.includes(scope));
}
