import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./theme-files.ts";

type Texts = { readonly [key: string]: string | Texts };

/**
 * Looks texts up in a folder of locale files, as Shopify's `t` filter does: in `LOCALE.json` or else the default
 * file, with dotted keys, `one` and `other` by `count`, and `{{ name }}` filled in.
 */
export function readTranslations(folder: string, locale: string) {
  const texts = readLocale(folder, locale);
  return (key: string, values: Readonly<Record<string, unknown>>): string | null => {
    let found: string | Texts | undefined = texts;
    for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
    if (typeof found === "object") found = found[Number(values["count"]) === 1 ? "one" : "other"];
    if (typeof found !== "string") return null;
    return found.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(values[name] ?? ""));
  };
}

function readLocale(folder: string, locale: string): Texts {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder);
  const name =
    [`${locale}.json`, `${locale}.default.json`].find((one) => names.includes(one)) ??
    names.find((one) => /^[\w-]+\.default\.json$/.test(one));
  return name ? (readJson(join(folder, name)) as Texts) : {};
}
