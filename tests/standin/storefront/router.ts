import { answer } from "./answer.ts";
import { join } from "node:path";
import express, { Router } from "express";
import { addCartRoutes } from "./cart-routes.ts";
import { addCheckoutRoutes } from "./checkout-routes.ts";
import { addPageRoutes } from "./page-routes.ts";
import { drawProductPicture } from "./product-picture.ts";
import type { BlockSettings } from "./app-blocks.ts";
import { Storefront } from "./storefront-context.ts";
import { THEME_FOLDER } from "./liquid/theme-engine.ts";
import { readPixelRuntime, readPixelScript } from "./web-pixel.ts";
import { handOn } from "#tests/standin/shop/app-proxy.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

/**
 * The online store of the stand-in shop at the root of a server: a theme with the app's blocks, the Ajax cart and the
 * checkout priced by the app's compiled Function, and the app's web pixel once it was created.
 *
 * @param context.projectRoot folder whose `extensions/` the app deployed
 * @param context.themeFolder a theme other than the stand-in's own, in Shopify's folder structure
 * @param context.blockSettings the merchant's settings that differ from the blocks' defaults
 * @param context.appUrl address to which requests signed with `apiSecret` are forwarded; without it none are
 * @param context.locale language of the app's blocks, and so the direction of the page; the theme itself is in
 *   English
 */
export function storefrontRouter(context: {
  readonly state: ShopState;
  readonly projectRoot: string;
  readonly locale?: string;
  readonly themeFolder?: string;
  readonly blockSettings?: BlockSettings;
  readonly appUrl?: string;
  readonly apiSecret?: string;
}): Router {
  const { state, locale = "en", themeFolder = THEME_FOLDER, blockSettings = {} } = context;
  const extensionsFolder = join(context.projectRoot, "extensions");
  const storefront = new Storefront(state, { extensionsFolder, locale, themeFolder, blockSettings });
  const router = Router();
  router.use("/cdn/shop/t/1/assets", express.static(join(themeFolder, "assets")));
  // The checkout's style, if the theme has no file of that name.
  router.use("/cdn/shop/t/1/assets", express.static(join(THEME_FOLDER, "assets")));
  router.use("/cdn/shopify/storefront", express.static(join(import.meta.dirname, "standard")));
  for (const [name, tag] of [
    ["styles.css", "stylesheet"],
    ["scripts.js", "javascript"],
  ] as const) {
    router.get(`/cdn/shop/t/1/compiled_assets/${name}`, (_, response) => {
      response.type(name).send(storefront.theme.compiled(tag));
    });
  }
  router.get("/favicon.ico", (_, response) => response.sendStatus(204));
  // Themes preload their fonts, which are not included.
  router.get("/cdn/fonts/:name", (_, response) => response.type("font/woff2").send(""));
  if (storefront.extension) {
    const { handle, assetsFolder } = storefront.extension;
    router.use(`/extensions/${handle}/assets`, express.static(assetsFolder));
  }
  router.get("/cdn/shop/products/:handle.svg", (request, response) => {
    const { handle } = request.params;
    const category = state.catalogue.findProductByHandle(handle)?.productType ?? "";
    response.set("Cache-Control", "public, max-age=3600").set("Access-Control-Allow-Origin", "*");
    response.type("svg").send(drawProductPicture({ handle, category }));
  });
  for (const name of ["manager", "sandbox"] as const) {
    router.get(
      `/web-pixels/${name}.js`,
      answer(async (_, response) => {
        response.type("js").send(await readPixelRuntime(name));
      }),
    );
  }
  router.get(
    "/web-pixels/app.js",
    answer(async (_, response) => {
      response.type("js").send(await readPixelScript());
    }),
  );
  const { appUrl, apiSecret } = context;
  router.get(
    "/apps/:subpath/*",
    appUrl === undefined || apiSecret === undefined
      ? (_, response) => response.sendStatus(204)
      : handOn({ shop: state.domain, appUrl, apiSecret }),
  );
  addPageRoutes(router, storefront);
  addCartRoutes(router, storefront);
  addCheckoutRoutes(router, storefront);
  router.get(
    ["/products/:handle", "/collections/:handle", "/checkout/thank-you/:receipt"],
    answer(async (request, response) => {
      response.status(404);
      await storefront.send(request, response, { template: "404", title: "Not found" });
    }),
  );
  return router;
}
