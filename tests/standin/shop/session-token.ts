import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface TokenParty {
  readonly shop: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** The merchant's one staff member. */
export const STAFF_USER_ID = "4201";
const LIFETIME_S = 60;

/** A session token as App Bridge issues it to the app: a JWT (HS256) that is valid for a minute. */
export function createSessionToken(
  { shop, apiKey, apiSecret }: TokenParty,
  nowMs: number = Date.now(),
): string {
  const nowS = Math.floor(nowMs / 1_000);
  const claims = {
    iss: `https://${shop}/admin`,
    dest: `https://${shop}`,
    aud: apiKey,
    sub: STAFF_USER_ID,
    exp: nowS + LIFETIME_S,
    nbf: nowS - 1,
    iat: nowS - 1,
    jti: randomUUID(),
    sid: randomUUID(),
  };
  const signed = `${toBase64Url({ alg: "HS256", typ: "JWT" })}.${toBase64Url(claims)}`;
  return `${signed}.${sign(signed, apiSecret)}`;
}

/** Why a session token must not be exchanged, or null if it can be. */
export function checkSessionToken(token: string, { shop, apiKey, apiSecret }: TokenParty): string | null {
  const [header, payload, signature] = token.split(".");
  if (!header || !payload || !signature) return "it is not a JWT";
  const expected = Buffer.from(sign(`${header}.${payload}`, apiSecret));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return "its signature is wrong";
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
  const nowS = Date.now() / 1_000;
  if (claims["aud"] !== apiKey) return "it is for another app";
  if (claims["dest"] !== `https://${shop}` || claims["iss"] !== `https://${shop}/admin`)
    return "it is of another shop";
  if (typeof claims["exp"] !== "number" || claims["exp"] <= nowS) return "it has expired";
  if (typeof claims["nbf"] !== "number" || claims["nbf"] > nowS + 1) return "it is not valid yet";
  return null;
}

function toBase64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}
