import "@shopify/shopify-app-remix/adapters/node";
import { Session } from "@shopify/shopify-app-remix/server";
import { expect, it } from "vitest";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";
import { openSecretBox } from "#app/process/secret-box.server.ts";
import { openShopSecret, resealSecrets } from "#app/services/install/shop-secret.server.ts";
import { ENCRYPTION_KEYS, openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const rotated = openSecretBox(`new:${Buffer.alloc(32, 9).toString("base64")},${ENCRYPTION_KEYS}`);

const deps = await openTestDeps();
it("keeps no readable token in the database, and returns the session unchanged", async () => {
  const storage = new SealedSessionStorage(deps.db, deps.secrets);
  const session = new Session({
    id: `offline_${SHOP}`,
    shop: SHOP,
    state: "",
    isOnline: false,
    scope: "read_orders",
    accessToken: "shpat_access",
    expires: new Date("2026-12-01T00:00:00Z"),
    refreshToken: "shprt_refresh",
    refreshTokenExpires: new Date("2027-03-01T00:00:00Z"),
  });
  await storage.storeSession(session);

  expect(session.accessToken).toBe("shpat_access");
  expect(JSON.stringify(await deps.db.session.findMany())).not.toMatch(/shp[ar]t_/);
  const [byShop] = await storage.findSessionsByShop(SHOP);
  for (const loaded of [await storage.loadSession(session.id), byShop]) {
    expect(loaded?.toObject()).toMatchObject(session.toObject());
  }
  const afterRotation = await new SealedSessionStorage(deps.db, rotated).loadSession(session.id);
  expect(afterRotation?.accessToken).toBe("shpat_access");
});

it("seals every shop's secret once under the new key, without changing it", async () => {
  const data = { shop: SHOP, holdoutSalt: "salt-0001" };
  await deps.db.shop.create({ data: { ...data, customerKeySecret: "never sealed" } });

  expect(await resealSecrets(deps)).toBe(1);
  expect(await resealSecrets({ ...deps, secrets: rotated })).toBe(1);
  expect(await resealSecrets({ ...deps, secrets: rotated })).toBe(0);

  const row = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
  expect(row.customerKeySecret).toMatch(/^sealed\.new\./);
  expect(openShopSecret({ secrets: rotated }, row)).toBe("never sealed");
  expect(() => openShopSecret(deps, row)).toThrow('the key "new", which ENCRYPTION_KEYS does not hold');
});

it("seals the other shops' secrets when one cannot be opened, and names that one", async () => {
  await deps.db.shop.deleteMany();
  const shops = ["a.myshopify.com", "b.myshopify.com", "c.myshopify.com"];
  const ofAnother = rotated.seal("secret", "Shop.customerKeySecret a.myshopify.com");
  for (const shop of shops) {
    const customerKeySecret = shop === shops[1] ? ofAnother : "never sealed";
    await deps.db.shop.create({ data: { shop, holdoutSalt: "salt-0001", customerKeySecret } });
  }
  await expect(resealSecrets(deps)).rejects.toThrow("b.myshopify.com");
  const sealed = await deps.db.shop.findMany({ where: { customerKeySecret: { startsWith: "sealed." } } });
  expect(sealed.map(({ shop }) => shop).toSorted()).toEqual(shops);
});
