import { redirect } from "@remix-run/node";
import { saveAuditEntry, type NewAuditEntry } from "#app/data/shops/staff.server.ts";
import { deps, type Asked, type Deps } from "#app/services/deps.server.ts";
import { mayDo, type StaffRight, type StaffRights } from "#app/domain/validate/staff-right.ts";
import { env } from "#app/process/env.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { readStaffLocale, readStaffRights } from "#app/services/settings/read-staff.server.ts";
import { installShop } from "#app/services/install/install-shop.server.ts";
import { authenticate } from "./shopify.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readStaffScopes } from "#app/shopify/read-staff-scopes.ts";

type AdminContext = Awaited<ReturnType<typeof authenticate.admin>>;

/** A request of the embedded app: the person, the time, the language and the services. */
interface PageRequest extends Asked, Pick<AdminContext, "billing" | "cors"> {
  readonly deps: Deps;
  /** Id of the person, as in saved decisions. */
  readonly staffId: string;
  readonly graphql: AdminGraphql;
}

interface PageAction extends PageRequest {
  /** Why the person lacks the right, in their language; null if they have it. */
  readonly refusal: string | null;
  /** Adds an entry to the shop's audit log. */
  record(entry: Pick<NewAuditEntry, "action" | "detail">): Promise<void>;
}

/** Authenticates a request of the embedded app. @throws Response of Shopify's library, such as a redirect to log in */
export async function openPageRequest(request: Request): Promise<PageRequest> {
  restoreShop(request);
  const { admin, session, sessionToken, billing, cors } = await authenticate.admin(request);
  const staffId = sessionToken?.sub ?? session.id;
  const asked = new URL(request.url).searchParams.get("locale");
  const { shop } = session;
  const now = new Date();
  // The library's own hook runs once per token, and makes an empty page of a failed installation.
  const { graphql } = admin;
  await installShop(deps(), { shop, graphql, now });
  const locale = await readStaffLocale(deps(), { shop, staffId, asked, now });
  return { deps: deps(), shop, now, staffId, graphql, words: openWords(locale), billing, cors };
}

/** URL parameters that Shopify's library requires of a document. */
const ASKED = ["shop", "host", "embedded"] as const;

/**
 * Restores the URL parameters of Shopify's admin from the referrer. A document that the frame loads by itself lacks
 * them, for example after a deployment changed Remix's routes. Shopify's library would redirect it to a login page,
 * which cannot be framed.
 *
 * @throws Response that redirects to the URL with the parameters
 */
function restoreShop({ url, headers }: Request): void {
  const address = new URL(url);
  if (headers.has("Authorization") || address.searchParams.has("shop")) return;
  const before = URL.parse(headers.get("Referer") ?? "");
  if (before?.origin !== new URL(env().SHOPIFY_APP_URL).origin) return;
  const given = ASKED.map((name) => [name, before.searchParams.get(name)] as const);
  if (given.some(([, value]) => value === null)) return;
  for (const [name, value] of given) address.searchParams.set(name, value!);
  throw redirect(`${address.pathname}${address.search}`);
}

/**
 * Authenticates a request that changes or exports data, and checks a right.
 *
 * @param holdsFile the body is a file, which the action streams
 */
export async function openPageAction(
  request: Request,
  right: StaffRight,
  { holdsFile = false } = {},
): Promise<PageAction> {
  // First, so that no body is read before the person is authenticated.
  const page = await openPageRequest(request);
  if (!holdsFile) await refuseForm(request);
  const { shop, staffId, words } = page;
  const rights = await readRights(request, page);
  return {
    ...page,
    refusal:
      rights && mayDo(right, rights)
        ? null
        : words.t(rights ? `server:right.${right}` : "server:right.unknown"),
    record: (entry) => saveAuditEntry(page.deps.db, { shop, staffId, at: new Date(), ...entry }),
  };
}

/** A file of offers has a million bytes, and URL encoding can triple them; no other form is that large. */
const MOST_FORM_BYTES = 4 << 20;

/** @throws Response 413 for a form above the limit, 400 for one with a NUL, which PostgreSQL does not store */
async function refuseForm(request: Request): Promise<void> {
  // A body that was read before was only compared with a list of words.
  if (request.bodyUsed) return;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Does not cancel the reader: that would wait until the other branch of the body is cancelled too.
  const reader = request.clone().body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > MOST_FORM_BYTES) throw new Response(null, { status: 413 });
    chunks.push(part.value);
  }
  if (/%00|\0/.test(Buffer.concat(chunks).toString("latin1"))) throw new Response(null, { status: 400 });
}

/** The rights of the person; null while Shopify does not report them. */
async function readRights(
  request: Request,
  { shop, staffId }: Pick<PageRequest, "shop" | "staffId">,
): Promise<StaffRights | null> {
  const { SHOPIFY_API_KEY: apiKey, SHOPIFY_API_SECRET: apiSecret } = env();
  const idToken =
    request.headers.get("Authorization")?.replace(/^Bearer\s+/i, "") ??
    new URL(request.url).searchParams.get("id_token") ??
    "";
  const ask = () => readStaffScopes({ shop, idToken, apiKey, apiSecret });
  return readStaffRights(deps(), { shop, staffId, ask, now: new Date() });
}
