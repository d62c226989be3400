import { isIPv4, isIPv6 } from "node:net";

/**
 * The network that a sender can choose addresses from: of IPv4 the /24, of IPv6 the /64, which one household has. What is
 * no address stands for itself.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIPv4(plain)) return plain.split(".").slice(0, 3).join(".");
  return isIPv6(plain) ? toGroups(plain).slice(0, 4).join(":") : plain;
}

/** The groups of an IPv6 address, those written out that "::" stands for. */
function toGroups(address: string): string[] {
  const [before, after] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  if (after === undefined) return before!;
  return [...before!, ...Array<string>(8 - before!.length - after.length).fill("0"), ...after];
}

/**
 * The shopper's address in a request that Shopify handed on and signed: what Shopify put at the end of the list, before
 * its own, which the proxies in front of this process may have added.
 *
 * @param clientAddress who spoke to us, or to the proxy that we trust: Shopify
 * @returns null where Shopify did not say
 */
export function shopperAddress(forwardedFor: string | null, clientAddress: string): string | null {
  const listed = (forwardedFor ?? "").split(",").flatMap((part) => part.trim() || []);
  const own = listed.lastIndexOf(clientAddress);
  return (own < 0 ? listed.at(-1) : listed[Math.max(0, own - 1)]) ?? null;
}
