/** Where in Shopify's theme editor our parts are switched on: each address opens it with the part in place, to be saved. */
export function themeEditorUrls(shop: string, apiKey: string) {
  const open = (query: Readonly<Record<string, string>>) =>
    `https://${shop}/admin/themes/current/editor?${new URLSearchParams(query)}`;
  const block = (template: string, handle: string) =>
    open({ template, addAppBlockId: `${apiKey}/${handle}`, target: "mainSection" });
  const embed = (handle: string) =>
    open({ context: "apps", template: "product", activateAppId: `${apiKey}/${handle}` });
  return {
    block: block("product", "bundle-offer"),
    cartBlock: block("cart", "bundle-cart"),
    /** Counts on every page. */
    embed: embed("bundle-embed"),
    /** Draws the offers in themes that have no place for blocks. */
    offerEmbed: embed("bundle-anywhere"),
  };
}
