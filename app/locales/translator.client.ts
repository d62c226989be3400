import { createInstance, type BackendModule, type i18n, type ResourceKey } from "i18next";
import { pickLocale } from "./locales.ts";
import { TRANSLATOR_OPTIONS } from "./translator-options.ts";

/** What a page may say of itself: which namespaces it draws. */
interface PageHandle {
  readonly texts?: readonly string[];
}

declare global {
  interface Window {
    /** Remix' own: the modules of the routes that the document was drawn from. */
    readonly __remixRouteModules?: Readonly<Record<string, { readonly handle?: PageHandle } | undefined>>;
  }
}

/** One chunk a namespace and language; what services write is never drawn in a browser. */
const LOADERS = import.meta.glob<ResourceKey>(
  ["./*/*.json", "!./*/server.json", "!./*/evidence.json", "!./*/messages.json"],
  { import: "default" },
);
const POLARIS = import.meta.glob<ResourceKey>(
  "/node_modules/@shopify/polaris/locales/{de,fr,es,ja,zh-CN}.json",
  { import: "default" },
);

/** Loads a namespace when a page first asks for it; until it is there the page before stays. */
const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read(locale, namespace, done) {
    const load =
      namespace === "polaris"
        ? POLARIS[`/node_modules/@shopify/polaris/locales/${locale}.json`]
        : LOADERS[`./${locale}/${namespace}.json`];
    if (!load) return done(new Error(`there are no texts ${locale}/${namespace}`), false);
    load().then(
      (texts) => done(null, texts),
      (error: Error) => done(error, true),
    );
  },
};

/** The browser's translator, with the texts of the page that the server drew. */
export async function openBrowserTranslator(documentLanguage: string): Promise<i18n> {
  const modules = Object.values(window.__remixRouteModules ?? {});
  const locale = pickLocale(documentLanguage);
  const translator = createInstance();
  await translator.use(backend).init({
    ...TRANSLATOR_OPTIONS,
    lng: locale,
    ns: [
      ...new Set([
        "common",
        // English is what Shopify's provider brings along.
        ...(locale === "en" ? [] : ["polaris"]),
        ...modules.flatMap((module) => module?.handle?.texts ?? []),
      ]),
    ],
  });
  return translator;
}
