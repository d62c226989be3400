import { randomBytes } from "node:crypto";
import { checkSessionToken, STAFF_USER_ID, type TokenParty } from "./session-token.ts";

interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly expiresAtMs: number | null;
}

interface TokenRequest {
  client_id?: unknown;
  client_secret?: unknown;
  grant_type?: unknown;
  subject_token?: unknown;
  subject_token_type?: unknown;
  requested_token_type?: unknown;
  refresh_token?: unknown;
  expiring?: unknown;
}

/** The only person who opens the app. Their rights are read again with every online token. */
export interface StaffMember {
  readonly isOwner: boolean;
  /** The app's scopes that the owner granted them; null means all. */
  readonly scopes: readonly string[] | null;
}

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
const ONLINE = "urn:shopify:params:oauth:token-type:online-access-token";
const OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token";
const REFRESH_LIFETIME_S = 90 * 86_400;

/** The access tokens of the one app at the one shop, as /admin/oauth/access_token issues them. */
export class AccessTokens {
  readonly #party: TokenParty;
  readonly #scopes: readonly string[];
  readonly #lifetimeS: number;
  readonly #now: () => number;
  readonly #staff: StaffMember;
  readonly #grants = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, number>();

  constructor(
    party: TokenParty,
    options: {
      scopes: readonly string[];
      offlineLifetimeS?: number;
      now?: () => number;
      staff?: StaffMember | undefined;
    },
  ) {
    this.#staff = options.staff ?? { isOwner: true, scopes: null };
    this.#party = party;
    this.#scopes = options.scopes;
    this.#lifetimeS = options.offlineLifetimeS ?? 3_600;
    this.#now = options.now ?? Date.now;
  }

  /** The scopes of a token that is valid now; null for any other. */
  scopesOf(accessToken: string | undefined): ReadonlySet<string> | null {
    const grant = accessToken === undefined ? undefined : this.#grants.get(accessToken);
    if (!grant || (grant.expiresAtMs !== null && grant.expiresAtMs <= this.#now())) return null;
    return grant.scopes;
  }

  /** Invalidates the tokens of an uninstalled app. */
  revokeAll(): void {
    this.#grants.clear();
    this.#refreshTokens.clear();
  }

  /** Answers one POST of the app; errors are those of OAuth, in Shopify's words. */
  answer(request: TokenRequest): TokenAnswer {
    const { client_id: clientId, client_secret: clientSecret } = request;
    if (clientId !== this.#party.apiKey || clientSecret !== this.#party.apiSecret) {
      return refuse("invalid_client", "The client credentials are wrong.");
    }
    if (request.grant_type === TOKEN_EXCHANGE) return this.#exchange(request);
    if (request.grant_type === "refresh_token") return this.#refresh(request.refresh_token);
    return refuse("unsupported_grant_type", `The grant type ${String(request.grant_type)} is not supported.`);
  }

  #exchange(request: TokenRequest): TokenAnswer {
    if (request.subject_token_type !== ID_TOKEN || typeof request.subject_token !== "string") {
      return refuse("invalid_request", "A subject_token of type id_token is needed.");
    }
    const problem = checkSessionToken(request.subject_token, this.#party);
    if (problem !== null)
      return refuse("invalid_subject_token", `The session token was refused: ${problem}.`);
    if (request.requested_token_type === ONLINE) return { status: 200, body: this.#issueOnline() };
    if (request.requested_token_type === OFFLINE) {
      return { status: 200, body: this.#issueOffline(String(request.expiring) === "1") };
    }
    return refuse("invalid_request", "The requested_token_type is neither online nor offline.");
  }

  #refresh(refreshToken: unknown): TokenAnswer {
    const expiresAtMs = typeof refreshToken === "string" ? this.#refreshTokens.get(refreshToken) : undefined;
    if (expiresAtMs === undefined || expiresAtMs <= this.#now()) {
      return refuse("invalid_grant", "The refresh token is unknown or has expired.");
    }
    return { status: 200, body: this.#issueOffline(true) };
  }

  #issueOffline(isExpiring: boolean): Record<string, unknown> {
    const answer = {
      access_token: this.#grant("shpat_", isExpiring ? this.#lifetimeS : null),
      scope: this.#scope(),
    };
    if (!isExpiring) return answer;
    const refreshToken = `shprt_${randomBytes(16).toString("hex")}`;
    this.#refreshTokens.set(refreshToken, this.#now() + REFRESH_LIFETIME_S * 1_000);
    return {
      ...answer,
      expires_in: this.#lifetimeS,
      refresh_token: refreshToken,
      refresh_token_expires_in: REFRESH_LIFETIME_S,
    };
  }

  #issueOnline(): Record<string, unknown> {
    const lifetimeS = 86_399;
    return {
      access_token: this.#grant("shpua_", lifetimeS),
      scope: this.#scope(),
      expires_in: lifetimeS,
      associated_user_scope: this.#scopes
        .filter((scope) => this.#staff.scopes === null || this.#staff.scopes.includes(scope))
        .join(","),
      associated_user: {
        id: Number(STAFF_USER_ID),
        first_name: "Demo",
        last_name: "Merchant",
        email: "merchant@example.com",
        account_owner: this.#staff.isOwner,
        locale: "en",
        collaborator: false,
        email_verified: true,
      },
    };
  }

  #grant(prefix: string, lifetimeS: number | null): string {
    const token = prefix + randomBytes(16).toString("hex");
    const expiresAtMs = lifetimeS === null ? null : this.#now() + lifetimeS * 1_000;
    this.#grants.set(token, { scopes: new Set(this.#scopes), expiresAtMs });
    return token;
  }

  #scope(): string {
    return this.#scopes.join(",");
  }
}

function refuse(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, error_description: description } };
}
