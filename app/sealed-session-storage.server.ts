import { Session } from "@shopify/shopify-app-remix/server";
import { PrismaSessionStorage } from "@shopify/shopify-app-session-storage-prisma";
import type { Db } from "./db.server.ts";
import type { SecretBox } from "./secret-box.server.ts";

/** Shopify's session storage, with access and refresh tokens encrypted at rest. */
export class SealedSessionStorage extends PrismaSessionStorage<never> {
  readonly #secrets: SecretBox;

  constructor(db: Db, secrets: SecretBox) {
    // The package names the classic client's type; the generated one has the same `session` delegate.
    super(db as never);
    this.#secrets = secrets;
  }

  override async storeSession(session: Session): Promise<boolean> {
    return super.storeSession(changeTokens(session, (token, place) => this.#secrets.seal(token, place)));
  }

  override async loadSession(id: string): Promise<Session | undefined> {
    const session = await super.loadSession(id);
    return session && this.#open(session);
  }

  override async findSessionsByShop(shop: string): Promise<Session[]> {
    return (await super.findSessionsByShop(shop)).map((session) => this.#open(session));
  }

  #open(session: Session): Session {
    return changeTokens(session, (token, place) => this.#secrets.open(token, place));
  }
}

/** A copy with other tokens: the caller's session stays usable while its row is sealed. */
function changeTokens(session: Session, change: (token: string, place: string) => string): Session {
  const { accessToken, refreshToken, ...rest } = session.toObject();
  return new Session({
    ...rest,
    ...(accessToken && { accessToken: change(accessToken, `Session.accessToken ${session.id}`) }),
    ...(refreshToken && { refreshToken: change(refreshToken, `Session.refreshToken ${session.id}`) }),
  });
}
