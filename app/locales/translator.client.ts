import { pickLocale, type Texts, type Translator } from "./translate.ts";

/** The part of a route's handle that names its namespaces. */
interface PageHandle {
  readonly texts?: readonly string[];
}

declare global {
  interface Window {
    /** Remix' record of the route modules that the document was rendered from. */
    readonly __remixRouteModules?: Readonly<Record<string, { readonly handle?: PageHandle } | undefined>>;
  }
}

/** One chunk per namespace and language; the browser never loads texts that only services write. */
const LOADERS = import.meta.glob<Texts>(
  ["./*/*.json", "!./*/server.json", "!./*/evidence.json", "!./*/messages.json", "!./*/title.json"],
  { import: "default" },
);
const POLARIS = import.meta.glob<Texts>("/node_modules/@shopify/polaris/locales/{de,fr,es,ja,zh-CN}.json", {
  import: "default",
});

/**
 * The browser's translator, with the texts of the page that the server rendered.
 *
 * @param onGone called if texts cannot be loaded, as after a deployment that removed their chunk; must reload the
 *   document, which names the current chunks
 */
export async function openBrowserTranslator(
  documentLanguage: string,
  onGone: () => void,
): Promise<Translator> {
  const modules = Object.values(window.__remixRouteModules ?? {});
  const locale = pickLocale(documentLanguage);
  const loaded = new Map<string, Texts>();
  const loading = new Map<string, Promise<void>>();
  // Callers that wait for texts wait until the document is reloaded.
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
    // Shopify's provider includes English.
    ...(locale === "en" ? [] : ["polaris"]),
    ...modules.flatMap((module) => module?.handle?.texts ?? []),
  ]);
  return { locale, load, textsOf: (namespace) => loaded.get(namespace) };
}
