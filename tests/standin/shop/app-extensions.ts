import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";

export interface AppFunction {
  readonly id: string;
  readonly handle: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly targets: readonly string[];
}

/** The app's deployed extensions, which Shopify reads from their TOML files. */
export interface AppExtensions {
  readonly functions: readonly AppFunction[];
  /** The settings that the web pixel's TOML declares; null if the app has no web pixel. */
  readonly webPixel: { readonly settingKeys: readonly string[] } | null;
}

interface ExtensionToml {
  api_version?: string;
  type?: string;
  handle?: string;
  name?: string;
  extensions?: ExtensionToml[];
  targeting?: { target?: string }[];
  settings?: { fields?: Record<string, unknown> | { key?: string }[] };
}

/** Reads every `shopify.extension.toml` below `folder`; an app without one has no extensions. */
export function readAppExtensions(folder: string): AppExtensions {
  const functions: AppFunction[] = [];
  let webPixel: AppExtensions["webPixel"] = null;
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const name of names) {
    const path = join(folder, name, "shopify.extension.toml");
    if (!existsSync(path)) continue;
    const toml = parse(readFileSync(path, "utf8")) as ExtensionToml;
    for (const extension of toml.extensions ?? [toml]) {
      if (extension.type === "web_pixel_extension") {
        const fields = extension.settings?.fields ?? toml.settings?.fields ?? {};
        webPixel = {
          settingKeys: Array.isArray(fields)
            ? fields.flatMap(({ key }) => (typeof key === "string" ? [key] : []))
            : Object.keys(fields),
        };
      }
      if (extension.type !== "function") continue;
      const handle = extension.handle ?? name;
      functions.push({
        id: uuidOf(handle),
        handle,
        title: extension.name?.startsWith("t:") ? handle : (extension.name ?? handle),
        apiVersion: extension.api_version ?? toml.api_version ?? "",
        targets: (extension.targeting ?? []).flatMap(({ target }) => (target ? [target] : [])),
      });
    }
  }
  return { functions, webPixel };
}

/** Returns the same id for the same handle in every run. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
