import type { Tools } from "@shopify/ui-extensions/admin";

/** Called by Shopify in a sandbox without a page; registers the tools of `tools.json`. */
export default function registerTools(): void {
  const { tools } = (globalThis as unknown as { shopify: { tools: Tools } }).shopify;
  tools.register("find_offers", ({ query = "" }) =>
    ask(`/app/sidekick?${new URLSearchParams({ search: String(query) })}`),
  );
  tools.register("why_offer_is_not_shown", ({ id }) =>
    ask(`/app/diagnosis/${encodeURIComponent(String(id))}`),
  );
}

/** Fetches from the app. Shopify resolves the path to the app's URL and adds the session token of the person. */
async function ask(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`Bundlesmith answered ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}
