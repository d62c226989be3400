import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Severity, themeCheckRun } from "@shopify/theme-check-node";

/**
 * Lints a theme app extension with Shopify's theme-check rules, which include the limits of an app block. Fetches newer
 * rule data if possible; otherwise uses the data of the package.
 *
 * @param folder the extension, with its blocks/, snippets/, assets/ and locales/
 * @returns findings as "file:line: severity rule: message", and the number of checked files
 */
export async function checkTheme(folder: string): Promise<{ files: number; findings: string[] }> {
  const { offenses, theme } = await themeCheckRun(folder, "theme-check:theme-app-extension");
  const findings = offenses.map(({ check, severity, message, uri, start }) => {
    const file = decodeURIComponent(uri).split("/").slice(-2).join("/");
    return `${file}:${start.line + 1}: ${Severity[severity].toLowerCase()} ${check}: ${message}`;
  });
  return { files: theme.length, findings };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { files, findings } = await checkTheme(join(import.meta.dirname, "bundle-offer"));
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  process.stdout.write(`theme-check: ${files} files, ${findings.length} findings\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
