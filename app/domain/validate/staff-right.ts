/** What Shopify tells of a staff member: the access scopes that the owner has left them. */
export interface StaffRights {
  readonly isOwner: boolean;
  readonly scopes: readonly string[];
}

/**
 * What an action of the app asks of who does it. Shopify gives an app no roles, but it narrows the app's scopes to
 * the person's own permissions, so a right is the scope that the action uses in their name.
 */
const NEEDS = {
  /** Changes what shoppers see or pay: decisions, edits, publishing, settings, the autopilot. */
  decide: "write_discounts",
  /** Takes data of orders or customers out of the app, or puts orders in. */
  export: "read_orders",
  /** Deletes what the shop has, for good: the owner alone. */
  erase: null,
} as const;
export type StaffRight = keyof typeof NEEDS;

/** Whether a staff member may do what asks for this right; the owner may do everything. */
export function mayDo(right: StaffRight, { isOwner, scopes }: StaffRights): boolean {
  const scope = NEEDS[right];
  return isOwner || (scope !== null && scopes.includes(scope));
}
