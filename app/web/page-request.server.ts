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

/** Who asks for a page, when, the language to answer in, what answers it, and what Shopify's library gives of it. */
interface PageRequest extends Asked, Pick<AdminContext, "billing" | "cors"> {
  readonly deps: Deps;
  /** As decisions name people. */
  readonly staffId: string;
  readonly graphql: AdminGraphql;
}

interface PageAction extends PageRequest {
  /** Why this person may not do it, in their words; null when they may. */
  readonly refusal: string | null;
  /** Keeps that this person did it, for the shop's own record. */
  record(entry: Pick<NewAuditEntry, "action" | "detail">): Promise<void>;
}

/** Authenticates a request of the embedded app; throws Shopify's own response where that must come first. */
export async function openPageRequest(request: Request): Promise<PageRequest> {
  restoreShop(request);
  const { admin, session, sessionToken, billing, cors } = await authenticate.admin(request);
  const staffId = sessionToken?.sub ?? session.id;
  const asked = new URL(request.url).searchParams.get("locale");
  const { shop } = session;
  const now = new Date();
  // The library calls its hook once for each token: one that failed or was killed there would wait for the next.
  const { graphql } = admin;
  await installShop(deps(), { shop, graphql, now });
  const locale = await readStaffLocale(deps(), { shop, staffId, asked, now });
  return { deps: deps(), shop, now, staffId, graphql, words: openWords(locale), billing, cors };
}

/** What Shopify's library asks of the address of a document. */
const ASKED = ["shop", "host", "embedded"] as const;

/**
 * A document that the frame opens by itself, as Remix does once a deployment has changed its routes, is asked for without
 * what Shopify's admin gave the first one, and Shopify's library would send it to a login that no frame may show. The
 * page before it has that in its address.
 *
 * @throws Response that opens the same address with it
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
 * The same for a request that changes something or takes data away, which asks for a right.
 *
 * @param holdsFile whether its body is a file, which is read as it comes
 */
export async function openPageAction(
  request: Request,
  right: StaffRight,
  { holdsFile = false } = {},
): Promise<PageAction> {
  // First, so that nothing is read of who has not signed in.
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

/** A file of offers has a million bytes, of which a form may make three each; no other form comes near. */
const MOST_FORM_BYTES = 4 << 20;

/** @throws Response 413 to a form without end, 400 to one that holds a NUL, which no text of the database may */
async function refuseForm(request: Request): Promise<void> {
  // Where it was read before, it was for a word of a list.
  if (request.bodyUsed) return;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Never cancelled: that waits for the other half of the body to be cancelled too.
  const reader = request.clone().body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > MOST_FORM_BYTES) throw new Response(null, { status: 413 });
    chunks.push(part.value);
  }
  if (/%00|\0/.test(Buffer.concat(chunks).toString("latin1"))) throw new Response(null, { status: 400 });
}

/** What the person who asks may do; null while Shopify does not say. */
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
