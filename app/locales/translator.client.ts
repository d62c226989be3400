import { pickLocale, type Texts, type Translator } from "./translate.ts";

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
const LOADERS = import.meta.glob<Texts>(
  ["./*/*.json", "!./*/server.json", "!./*/evidence.json", "!./*/messages.json", "!./*/title.json"],
  { import: "default" },
);
const POLARIS = import.meta.glob<Texts>("/node_modules/@shopify/polaris/locales/{de,fr,es,ja,zh-CN}.json", {
  import: "default",
});

/**
 * The browser's translator, with the texts of the page that the server drew.
 *
 * @param onGone called where texts do not come, as after a deployment that took their chunk away; must load the document
 *   anew, which names the chunks that are there
 */
export async function openBrowserTranslator(
  documentLanguage: string,
  onGone: () => void,
): Promise<Translator> {
  const modules = Object.values(window.__remixRouteModules ?? {});
  const locale = pickLocale(documentLanguage);
  const loaded = new Map<string, Texts>();
  const loading = new Map<string, Promise<void>>();
  // Whoever waits for texts waits for as long as the document is still there.
  const leave = () => new Promise<void>(onGone);
  const loadOne = (namespace: string): Promise<void> => {
    const load =
      namespace === "polaris"
        ? POLARIS[`/node_modules/@shopify/polaris/locales/${locale}.json`]
        : LOADERS[`./${locale}/${namespace}.json`];
    if (!load) throw new Error(`there are no texts ${locale}/${namespace}`);
    const begun = loading.get(namespace) ?? load().then((texts) => void loaded.set(namespace, texts), leave);
    loading.set(namespace, begun);
    return begun;
  };
  const load = async (namespaces: readonly string[]) => {
    await Promise.all(namespaces.map(loadOne));
  };
  await load([
    "common",
    // English is what Shopify's provider brings along.
    ...(locale === "en" ? [] : ["polaris"]),
    ...modules.flatMap((module) => module?.handle?.texts ?? []),
  ]);
  return { locale, load, textsOf: (namespace) => loaded.get(namespace) };
}
