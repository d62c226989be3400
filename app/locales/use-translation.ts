import { createContext, useContext, useMemo } from "react";
import { translateIn, type Translate, type Translator } from "./translate.ts";

const Context = createContext<Translator | null>(null);

/** Hands the document's translator to its pages. */
export const TranslatorProvider = Context.Provider;

/**
 * The texts of a component: those of the first namespace by their key, of the others and of `common` with their prefix.
 * Where one is still on its way the component waits, and with it the page: the one before stays.
 */
export function useTranslation(namespaces: string | readonly string[] = "common"): {
  readonly t: Translate;
  readonly i18n: { readonly language: string; readonly textsOf: Translator["textsOf"] };
} {
  const translator = useContext(Context);
  if (!translator) throw new Error("no translator was handed to this page");
  const names = typeof namespaces === "string" ? [namespaces] : namespaces;
  const missing = names.filter((name) => !translator.textsOf(name));
  // React waits for a promise that is thrown to it.
  if (missing.length > 0) throw translator.load(missing);
  const own = names[0]!;
  const t = useMemo(() => translateIn(translator, own), [translator, own]);
  return { t, i18n: { language: translator.locale, textsOf: translator.textsOf } };
}
