import { vitePlugin as remix } from "@remix-run/dev";
import { defineConfig } from "vite";

/** The app's own address while `shopify app dev` tunnels to it; the tunnel's name is not known beforehand. */
const tunnelUrl = process.env["SHOPIFY_APP_URL"];

export default defineConfig({
  server: {
    port: Number(process.env["PORT"] ?? 3000),
    ...(tunnelUrl ? { allowedHosts: [new URL(tunnelUrl).hostname] } : {}),
    fs: { allow: ["app", "node_modules"] },
  },
  plugins: [
    remix({
      ignoredRouteFiles: ["**/.*", "**/*.md"],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: false,
        v3_routeConfig: false,
      },
    }),
  ],
  build: {
    assetsInlineLimit: 0,
    target: "es2022",
    // A schema that nothing in a chunk reads is no reason to send it zod: making one has no effect.
    rollupOptions: { treeshake: { manualPureFunctions: ["z"] } },
  },
});
