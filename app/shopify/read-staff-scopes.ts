import { z } from "zod";
import { AppError } from "#app/process/errors.ts";
import type { StaffRights } from "#app/domain/validate/staff-right.ts";

interface TokenRequest {
  readonly shop: string;
  /** The session token of the staff member's own request. */
  readonly idToken: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const Answer = z.object({
  associated_user_scope: z.string(),
  associated_user: z.object({ account_owner: z.boolean() }),
});

const TIMEOUT_MS = 5_000;

/**
 * The scopes that the shop grants this staff member, from Shopify's token exchange. Keeps only the scopes and whether
 * they own the shop; discards the name, the e-mail address and the online access token.
 *
 * @throws AppError shopify_unreachable
 */
export async function readStaffScopes({
  shop,
  idToken,
  apiKey,
  apiSecret,
}: TokenRequest): Promise<StaffRights> {
  const tokenType = (name: string) => `urn:shopify:params:oauth:token-type:${name}`;
  try {
    const response = await fetch(`https://${shop}/admin/oauth/access_token`, {
      method: "POST",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({
        client_id: apiKey,
        client_secret: apiSecret,
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: idToken,
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
        requested_token_type: tokenType("online-access-token"),
      }),
    });
    if (!response.ok) throw new Error(`Shopify answered ${response.status}`);
    const { associated_user, associated_user_scope } = Answer.parse(await response.json());
    const scopes = associated_user_scope.split(",").map((scope) => scope.trim());
    return { isOwner: associated_user.account_owner, scopes: scopes.filter(Boolean) };
  } catch (error) {
    throw new AppError("shopify_unreachable", "The staff member's rights could not be read", true, {
      cause: error,
    });
  }
}
