import { readdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { vitePlugin as remix } from "@remix-run/dev";
import { defineConfig, type Plugin } from "vite";

/** The app's own address while `shopify app dev` tunnels to it; the tunnel's name is not known beforehand. */
const tunnelUrl = process.env["SHOPIFY_APP_URL"];

/** What every merchant's page draws with: one file of it is smaller compressed than its thirty modules. */
const EVERY_PAGE = new RegExp(
  "/app/ui/hooks/(?:ask-app|use-reloadable-frame)\\.ts$|" +
    "/node_modules/(?:(?:react|react-dom|scheduler|react-router|react-router-dom|turbo-stream|@remix-run)/|" +
    "@shopify/polaris/build/esm/components/(?:AppProvider|BlockStack|Box|Button|ButtonGroup|Card|Icon|InlineStack|" +
    "Link|Spinner|Text|UnstyledLink|Banner|Badge|List)/)",
);

/** What Polaris says by itself in the components that we use; the rest of its texts is four times as long. */
const POLARIS_TEXTS =
  "ActionList ActionMenu Badge Banner Button Common DropZone Page Pagination Tag TextField TooltipOverlay".split(
    " ",
  );

/** What Polaris' components read of a theme by script; its colours and sizes reach them by the style sheet. */
const POLARIS_TOKENS = ["breakpoints", "motion", "space", "zIndex"];

export default defineConfig({
  server: {
    port: Number(process.env["PORT"] ?? 3000),
    ...(tunnelUrl ? { allowedHosts: [new URL(tunnelUrl).hostname] } : {}),
    fs: { allow: ["app", "node_modules"] },
  },
  plugins: [
    remix({
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: false,
        v3_routeConfig: true,
      },
    }),
    pickPolarisTexts(),
    pickPolarisTheme(),
    compressAssets(),
  ],
  build: {
    assetsInlineLimit: 0,
    target: "es2022",
  },
  environments: {
    client: {
      build: {
        rollupOptions: {
          output: {
            // Each page carries the names of all files: of sixteen letters they are smaller compressed than of 64.
            hashCharacters: "hex",
            manualChunks: (id) => (EVERY_PAGE.test(id) ? "every-page" : undefined),
          },
        },
      },
    },
  },
});

/** Leaves out of Polaris' texts, in each language, what no component of ours says. */
function pickPolarisTexts(): Plugin {
  return {
    name: "pick-polaris-texts",
    enforce: "pre",
    load: async (id) => {
      const [path = ""] = id.split("?");
      if (!/\/@shopify\/polaris\/locales\/[\w-]+\.json$/.test(path)) return null;
      const { Polaris } = JSON.parse(await readFile(path, "utf8")) as { Polaris: Record<string, unknown> };
      const picked = POLARIS_TEXTS.flatMap((name) => (name in Polaris ? [[name, Polaris[name]]] : []));
      return JSON.stringify({ Polaris: Object.fromEntries(picked) as object });
    },
  };
}

/** Leaves out of Polaris' tokens the themes that no page of ours has, and of ours what no component reads. */
function pickPolarisTheme(): Plugin {
  return {
    name: "pick-polaris-theme",
    enforce: "pre",
    load: async (id) => {
      const [path = ""] = id.split("?");
      if (!path.endsWith("/@shopify/polaris-tokens/dist/esm/build/index.mjs")) return null;
      const code = await readFile(path, "utf8");
      return code.replace(/(?<=^var themes = )\{.*?^\}/ms, (literal) => {
        const { light } = JSON.parse(literal) as { light: Record<string, object> };
        return JSON.stringify({
          light: Object.fromEntries(POLARIS_TOKENS.map((name) => [name, light[name]])),
        });
      });
    },
  };
}

/** Compresses the built scripts and styles as far as Brotli can, which would take a server seconds at each start. */
function compressAssets(): Plugin {
  let isLast = false;
  return {
    name: "compress-assets",
    apply: "build",
    // Remix builds the pages for the browser first; its list of their files is written with the server's.
    configResolved: ({ build }) => void (isLast = Boolean(build.ssr)),
    closeBundle: {
      order: "post",
      sequential: true,
      handler: async () => {
        if (!isLast) return;
        const folder = "build/client/assets";
        const names = (await readdir(folder)).filter((name) => /\.(?:js|css)$/.test(name));
        await Promise.all(
          names.map(async (name) => {
            const bytes = await readFile(`${folder}/${name}`);
            await writeFile(`${folder}/${name}.br`, await promisify(brotliCompress)(bytes));
            await writeFile(`${folder}/${name}.gz`, await promisify(gzip)(bytes, { level: 9 }));
          }),
        );
      },
    },
  };
}
