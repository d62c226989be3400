import { Session } from "@shopify/shopify-app-remix/server";
import type { Session as StoredSession } from "#app/data/generated/client.ts";
import type { Db } from "#app/data/db.server.ts";
import type { SecretBox } from "#app/process/secret-box.server.ts";

/**
 * Session storage for Shopify's package. Access and refresh tokens are encrypted at rest, and no names or e-mails are
 * stored. Shopify's own storage for Prisma stores both, and needs Prisma's command line and TypeScript at run time, a
 * quarter of the production install.
 */
export class SealedSessionStorage {
  readonly #db: Db;
  readonly #secrets: SecretBox;

  constructor(db: Db, secrets: SecretBox) {
    this.#db = db;
    this.#secrets = secrets;
  }

  async storeSession(session: Session): Promise<boolean> {
    const row = this.#toRow(session);
    await this.#db.session.upsert({ where: { id: row.id }, create: row, update: row });
    return true;
  }

  async loadSession(id: string): Promise<Session | undefined> {
    const row = await this.#db.session.findUnique({ where: { id } });
    return row === null ? undefined : this.#toSession(row);
  }

  /** A missing session counts as deleted. */
  async deleteSession(id: string): Promise<boolean> {
    return await this.deleteSessions([id]);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    await this.#db.session.deleteMany({ where: { id: { in: ids } } });
    return true;
  }

  /** The shop's sessions, the latest expiry first. */
  async findSessionsByShop(shop: string): Promise<Session[]> {
    const rows = await this.#db.session.findMany({ where: { shop }, orderBy: { expires: "desc" }, take: 25 });
    return rows.map((row) => this.#toSession(row));
  }

  #toRow(session: Session): StoredSession {
    const { id, shop, state, isOnline, scope, expires, accessToken, refreshToken, refreshTokenExpires } =
      session.toObject();
    return {
      id,
      shop,
      state,
      isOnline,
      scope: scope ?? null,
      expires: expires ?? null,
      accessToken: accessToken ? this.#secrets.seal(accessToken, `Session.accessToken ${id}`) : "",
      refreshToken: refreshToken ? this.#secrets.seal(refreshToken, `Session.refreshToken ${id}`) : null,
      refreshTokenExpires: refreshTokenExpires ?? null,
    };
  }

  #toSession({ id, shop, state, isOnline, ...row }: StoredSession): Session {
    const { accessToken, refreshToken, scope, expires, refreshTokenExpires } = row;
    return new Session({
      id,
      shop,
      state,
      isOnline,
      ...(scope !== null && { scope }),
      ...(expires && { expires }),
      ...(accessToken && { accessToken: this.#secrets.open(accessToken, `Session.accessToken ${id}`) }),
      ...(refreshToken && { refreshToken: this.#secrets.open(refreshToken, `Session.refreshToken ${id}`) }),
      ...(refreshTokenExpires && { refreshTokenExpires }),
    });
  }
}
