import { createContext, useContext, useMemo } from "react";
import { translateIn, type Translate, type Translator } from "./translate.ts";

const Context = createContext<Translator | null>(null);

/** Provides the document's translator to its pages. */
export const TranslatorProvider = Context.Provider;

/**
 * The texts of a component: those of the first namespace by key, those of the others and of `common` with a prefix. If
 * a namespace is still loading, the component suspends, and the previous page stays visible.
 */
export function useTranslation(namespaces: string | readonly string[] = "common"): {
  readonly t: Translate;
  readonly i18n: { readonly language: string; readonly textsOf: Translator["textsOf"] };
} {
  const translator = useContext(Context);
  if (!translator) throw new Error("no translator was handed to this page");
  const names = typeof namespaces === "string" ? [namespaces] : namespaces;
  const missing = names.filter((name) => !translator.textsOf(name));
  // React waits for a thrown promise.
  if (missing.length > 0) throw translator.load(missing);
  const own = names[0]!;
  const t = useMemo(() => translateIn(translator, own), [translator, own]);
  return { t, i18n: { language: translator.locale, textsOf: translator.textsOf } };
}
