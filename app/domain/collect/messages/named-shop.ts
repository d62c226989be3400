import { z } from "zod";

const Text = z.string().nullable().catch(null);
/** `domain` beside them may be the merchant's own. */
const Payload = z.object({ shop_domain: Text, myshopify_domain: Text });

/**
 * The shop that a payload says it is of: those on a shop as a whole, `app/uninstalled` and the compliance topics, name
 * it. A webhook's signature covers its body alone, so this is what tells a body under another shop's header.
 *
 * @returns in lower case, as the header has it; null when the payload does not say, as those on things of a shop
 */
export function readNamedShop(payload: unknown): string | null {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success) return null;
  return (parsed.data.shop_domain ?? parsed.data.myshopify_domain)?.toLowerCase() ?? null;
}
