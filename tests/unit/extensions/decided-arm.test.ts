import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { armOf, hashText } from "#app/domain/evaluate/proof/holdout.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
const VISITOR = "0123456789abcdef0123456789abcdef";

/** Runs the block's inline script, which decides the arm before the first paint. */
async function decideArm(
  storefront: object | null,
  kept: string | null,
  {
    isEditor = false,
    dismissed = "",
    Shopify = {},
    areCookiesOn = true,
    cookieStore,
  }: {
    isEditor?: boolean;
    dismissed?: string;
    Shopify?: object;
    areCookiesOn?: boolean;
    cookieStore?: object;
  } = {},
) {
  const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
  const [embed] = await extension.renderBlocks("index", "body", {
    app: { metafields: { bundlesmith: { storefront: storefront && { value: storefront } } } },
    request: { design_mode: isEditor },
    routes: { cart_add_url: "/fr/cart/add", cart_update_url: "/fr/cart/update" },
    cart: { item_count: 0, attributes: {} },
  });
  const script = /<script>([\s\S]*?)<\/script>/.exec(embed!.html)![1]!;
  const jar = new Map([["theme", "light"]]);
  if (kept !== null) jar.set("bundlesmith", kept);
  if (dismissed !== "") jar.set("bundlesmith-dismissed", dismissed);
  const attributes = new Map<string, string>();
  const style = { textContent: "" };
  const window: {
    Shopify: object;
    cookieStore?: object;
    bundlesmith?: {
      visitor: string;
      arm: string;
      mark?: string;
      add: string;
      update: string;
      dismiss: (id: string) => void;
    };
  } = { Shopify, ...(cookieStore && { cookieStore }) };
  runInNewContext(script, {
    window,
    crypto,
    navigator: { cookieEnabled: areCookiesOn },
    document: {
      get cookie() {
        return areCookiesOn ? [...jar].map(([name, value]) => `${name}=${value}`).join("; ") : "";
      },
      set cookie(text: string) {
        const [, name, value, age] = /^([\w-]+)=([^;]*);.*max-age=(\d+)$/.exec(text)!;
        if (age === "0") jar.delete(name!);
        else jar.set(name!, value!);
      },
      addEventListener: () => {},
      createElement: () => style,
      head: { appendChild: () => style },
      documentElement: { setAttribute: (key: string, value: string) => attributes.set(key, value) },
    },
  });
  const shownAtFirst = attributes.get("data-bundlesmith");
  await Promise.resolve();
  return {
    shownAtFirst,
    ...window.bundlesmith!,
    stored: jar.get("bundlesmith"),
    dismissedNow: () => jar.get("bundlesmith-dismissed"),
    shown: attributes.get("data-bundlesmith"),
    style: style.textContent,
  };
}

/** Shopify's customer privacy API, loaded before the block. */
const consentOf = (isAllowed: boolean) => ({
  loadFeatures: () => {},
  customerPrivacy: { analyticsProcessingAllowed: () => isAllowed },
});

describe("the arm decided on a page", () => {
  const KEPT = `t:${VISITOR}`;

  it("is the treated arm if the app published no settings", async () => {
    expect(await decideArm(null, KEPT)).toMatchObject({ arm: "t", shown: "t", visitor: VISITOR });
  });

  it("is decided once the asynchronous cookie store answers, and is empty if the store fails", async () => {
    const kept = [
      { name: "theme", value: "light" },
      { name: "bundlesmith", value: KEPT },
    ];
    expect(
      await decideArm(null, null, { cookieStore: { getAll: () => Promise.resolve(kept) } }),
    ).toMatchObject({ shownAtFirst: "?", shown: "t", visitor: VISITOR, mark: KEPT });
    expect(
      await decideArm(null, KEPT, { cookieStore: { getAll: () => Promise.reject(new Error("no cookies")) } }),
    ).toMatchObject({ shownAtFirst: "?", shown: "", visitor: "" });
  });

  it("is the arm that the app computes for the visitor, even if an earlier page stored another", async () => {
    const salt = "a salt of the shop";
    const place = hashText(`${salt}:${VISITOR}`) % 1000;
    for (const holdoutPermille of [0, place, place + 1, 500]) {
      const { arm } = await decideArm({ v: 1, salt, holdoutPermille }, KEPT);
      expect(arm).toBe(armOf(VISITOR, { salt, holdoutPermille }) === "holdout" ? "h" : "t");
    }
    expect((await decideArm({ v: 1, salt, holdoutPermille: place }, KEPT)).arm).toBe("t");
    const moved = await decideArm({ v: 1, salt, holdoutPermille: place + 1 }, KEPT);
    expect([moved.arm, moved.stored]).toEqual(["h", `h:${VISITOR}`]);
  });

  it("is stored with a new visitor's pseudonym, and an invalid cookie is replaced", async () => {
    for (const kept of [null, "tampered", `x:${VISITOR}`, `t:${VISITOR}0`]) {
      const drawn = await decideArm({ v: 1, salt: "12345678", holdoutPermille: 100 }, kept);
      expect(drawn.visitor).toMatch(/^[0-9a-f]{32}$/);
      expect(drawn.visitor).not.toBe(VISITOR);
      expect(drawn.stored).toBe(`${drawn.arm}:${drawn.visitor}`);
    }
  });

  it("is empty if the browser stores no cookies, because a new visitor on every page would count as many", async () => {
    const drawn = await decideArm({ v: 1, salt: "12345678", holdoutPermille: 500 }, null, {
      areCookiesOn: false,
    });
    expect(drawn).toMatchObject({ arm: "", visitor: "", shown: "" });
  });

  it("is empty in the theme editor and in a theme preview, and a later visit replaces the merchant's cookie", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    for (const Shopify of [{ designMode: true }, { theme: { role: "unpublished" } }]) {
      const drawn = await decideArm(settings, KEPT, { Shopify });
      expect(drawn).toMatchObject({ arm: "", visitor: "", shown: "", stored: "own" });
      expect((await decideArm(settings, "own")).visitor).toMatch(/^[0-9a-f]{32}$/);
    }
    for (const Shopify of [{ theme: { role: "main" } }, { theme: {} }])
      expect(await decideArm(settings, KEPT, { Shopify })).toMatchObject({ visitor: VISITOR });
  });

  it("is decided in an unpublished theme only if a Rollout tests it", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500, themes: [2] };
    for (const [id, visitor] of [
      [2, VISITOR],
      [3, ""],
    ]) {
      const Shopify = { theme: { role: "unpublished", id } };
      expect(await decideArm(settings, KEPT, { Shopify })).toMatchObject({ visitor });
    }
  });

  it("is empty on every visit in a browser that the merchant excluded, with or without consent", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    for (const Shopify of [{}, consentOf(true), consentOf(false), { loadFeatures: () => {} }]) {
      const left = await decideArm(settings, "out", { Shopify });
      expect(left).toMatchObject({ arm: "", visitor: "", shown: "out", stored: "out" });
    }
  });

  it("is empty if the shopper refused consent, and only the refusal is stored", async () => {
    const Shopify = consentOf(false);
    expect(await decideArm(null, KEPT, { Shopify })).toMatchObject({
      arm: "",
      visitor: "",
      stored: "refused",
    });
    const pending = { loadFeatures: () => {} };
    expect(await decideArm(null, "refused", { Shopify: pending })).toMatchObject({
      arm: "",
      stored: "refused",
    });
  });

  it("is decided but not stored until the shop's consent script has loaded", async () => {
    const Shopify = { loadFeatures: () => {} };
    const { arm, stored, mark } = await decideArm(null, null, { Shopify });
    expect([arm, stored, mark]).toEqual(["t", undefined, undefined]);
    expect((await decideArm(null, KEPT, { Shopify })).visitor).toBe(VISITOR);
  });

  it("is written to the cart as stored, and the cart's mark is empty without an arm or consent", async () => {
    const marks = [
      consentOf(true),
      consentOf(false),
      { designMode: true },
      { theme: { role: "unpublished" } },
    ];
    const drawn = await Promise.all(marks.map((Shopify) => decideArm(null, KEPT, { Shopify })));
    expect(drawn.map(({ mark }) => mark)).toEqual([KEPT, "", "", ""]);
    expect(await decideArm(null, "out")).toMatchObject({ mark: "" });
  });

  it("is drawn again for a shopper who refused consent and then gave it", async () => {
    const { visitor, stored } = await decideArm(null, "refused", { Shopify: consentOf(true) });
    expect(visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(stored).toBe(`t:${visitor}`);
  });

  it("comes with a style that hides dismissed offers and ignores values that are not offer ids", async () => {
    const [first, second] = ["7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", "0b5b0b9e-0000-4000-8000-000000000000"];
    const { style, dismiss, dismissedNow } = await decideArm(null, KEPT, { dismissed: first });
    expect(style).toContain(`[data-bundlesmith-offer="${first}"] { display: none; }`);
    dismiss(second);
    expect(dismissedNow()).toBe(`${first}_${second}`);
    const both = await decideArm(null, KEPT, { dismissed: `${first}_${second}` });
    expect(both.style).toContain(`"${first}"], [data-bundlesmith-offer="${second}"]`);
    expect((await decideArm(null, KEPT, { dismissed: `${first}"]{}` })).style).toBe("");
    expect((await decideArm(null, KEPT)).style).toBe("");
  });

  it("is never the holdout in the theme editor, and dismissed offers stay visible there", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    const dismissed = "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f";
    expect(await decideArm(settings, KEPT, { isEditor: true, dismissed })).toMatchObject({
      arm: "t",
      style: "",
    });
  });

  it("comes with the cart URLs of the shopper's language", async () => {
    expect(await decideArm(null, KEPT)).toMatchObject({
      add: "/fr/cart/add.js",
      update: "/fr/cart/update.js",
    });
  });
});
