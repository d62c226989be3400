/** Deep links to Shopify's theme editor, which open it with our block or embed added, ready to save. */
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
    /** Counts visits on every page. */
    embed: embed("bundle-embed"),
    /** Shows the offers in themes without block support. */
    offerEmbed: embed("bundle-anywhere"),
  };
}
