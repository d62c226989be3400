/** Around every page inside the app: what fails on one is said in its place, beside the navigation that leads on. */
export { PageBoundary as ErrorBoundary } from "#app/ui/Page.tsx";
export { Outlet as default } from "@remix-run/react";
