/** Wraps every page of the app, so that an error replaces only the page and the navigation stays. */
export { PageBoundary as ErrorBoundary } from "#app/ui/Page.tsx";
export { Outlet as default } from "@remix-run/react";
