import { readFileSync } from "node:fs";

interface AdminPage {
  readonly shopName: string;
  readonly appName: string;
  readonly appOrigin: string;
  /** Path of this page; the app's own path follows. */
  readonly basePath: string;
  readonly frameUrl: string;
  readonly storefrontUrl: string;
}

const TEMPLATE = readFileSync(new URL("./admin.html", import.meta.url), "utf8");

/** Fills the page of the merchant's admin. Values are passed as one JSON block, which the page's script reads. */
export function renderAdminPage(page: AdminPage): string {
  const json = JSON.stringify(page).replaceAll("<", "\\u003c");
  return TEMPLATE.replace("{{PAGE_JSON}}", () => json);
}
