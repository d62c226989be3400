import { deps } from "./deps.server.ts";
import { openWords, type Words } from "./locales/words.server.ts";
import { readStaffLocale } from "./services/read-staff-locale.server.ts";
import { authenticate } from "./shopify.server.ts";

/** Who asks for a page, and the language to answer in. */
interface PageRequest {
  readonly shop: string;
  /** As decisions name people. */
  readonly staffId: string;
  readonly words: Words;
}

/** Authenticates a request of the embedded app; throws Shopify's own response where that must come first. */
export async function openPageRequest(request: Request): Promise<PageRequest> {
  const { session, sessionToken } = await authenticate.admin(request);
  const staffId = sessionToken?.sub ?? session.id;
  const asked = new URL(request.url).searchParams.get("locale");
  const { shop } = session;
  const locale = await readStaffLocale(deps(), { shop, staffId, asked, now: new Date() });
  return { shop, staffId, words: openWords(locale) };
}
