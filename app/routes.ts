/**
 * Every URL of the app and its file in `routes/`. Remix could derive the URLs from file names, but then all files would
 * be in one folder, with names that spell their URLs.
 */
export default [
  { index: true, file: "routes/public/front-page.tsx" },
  { path: "auth/login", file: "routes/public/login.tsx" },
  { path: "auth/*", file: "routes/public/auth.tsx" },
  { path: "privacy", file: "routes/public/privacy.tsx" },

  { path: "webhooks", file: "routes/machines/webhooks.ts" },
  { path: "events", file: "routes/machines/events.ts" },
  { path: "flow/pause-offer", file: "routes/machines/pause-offer.ts" },
  { path: "storefront/ticket", file: "routes/machines/visit-ticket.ts" },

  {
    path: "app",
    file: "routes/admin/layout.tsx",
    children: [
      {
        file: "routes/admin/page.tsx",
        children: [
          { index: true, file: "routes/admin/home.tsx" },
          { path: "activity", file: "routes/admin/activity.tsx" },
          { path: "automation", file: "routes/admin/automation.tsx" },
          { path: "help", file: "routes/admin/help.tsx" },
          { path: "jobs", file: "routes/admin/jobs.tsx" },
          { path: "models", file: "routes/admin/models.tsx" },
          { path: "offers/file", file: "routes/admin/offer-file.tsx" },
          { path: "offers/new", file: "routes/admin/new-offer.tsx" },
          { path: "plan", file: "routes/admin/plan.tsx" },
          { path: "privacy", file: "routes/admin/privacy.tsx" },
          { path: "results", file: "routes/admin/results.tsx" },
          { path: "runs", index: true, file: "routes/admin/runs.tsx" },
          { path: "runs/:runId", file: "routes/admin/run.tsx" },
          { path: "settings", file: "routes/admin/settings.tsx" },
          { path: "suggestions", index: true, file: "routes/admin/suggestions.tsx" },
          { path: "suggestions/:bundleId", file: "routes/admin/bundle.tsx" },
          { path: "tour", file: "routes/admin/tour.tsx" },
          { path: "*", file: "routes/admin/not-found.tsx" },
        ],
      },

      { path: "catalogue", file: "routes/resources/catalogue.ts" },
      { path: "data-requests/:requestId", file: "routes/resources/data-request.ts" },
      { path: "diagnosis/:bundleId", file: "routes/resources/diagnosis.ts" },
      { path: "export", file: "routes/resources/export.ts" },
      { path: "import", file: "routes/resources/import.ts" },
      { path: "offers/collection", file: "routes/resources/collection.ts" },
      { path: "offers/complements", file: "routes/resources/complements.ts" },
      { path: "offers/export", file: "routes/resources/offer-export.ts" },
      { path: "offers/figures", file: "routes/resources/offer-figures.ts" },
      { path: "progress", file: "routes/resources/progress.ts" },
      { path: "results/export", file: "routes/resources/result-export.ts" },
      { path: "sidekick", file: "routes/resources/sidekick.ts" },
      { path: "theme-style", file: "routes/resources/theme-style.ts" },
      { path: "waiting", file: "routes/resources/waiting.ts" },
    ],
  },
];
