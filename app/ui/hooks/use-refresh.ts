import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** A cheap check that the process and its database answer. */
const READINESS = "/readyz/intake";

/**
 * Reloads the page's data at an interval during background work. Pauses in a hidden tab. Checks readiness first,
 * because a failed reload would replace the page with an error.
 */
export function useRefresh(isActive: boolean, intervalMs: number): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!isActive || state !== "idle") return;
    const ended = new AbortController();
    const refresh = async () => {
      if (document.visibilityState === "visible" && (await isReady(intervalMs)) && !ended.signal.aborted)
        revalidate();
    };
    const timer = setInterval(() => void refresh(), intervalMs);
    document.addEventListener("visibilitychange", () => void refresh(), { signal: ended.signal });
    return () => {
      clearInterval(timer);
      ended.abort();
    };
  }, [isActive, intervalMs, revalidate, state]);
}

/** A status below 500 is enough: a proxy can refuse the path even though the server is up. */
async function isReady(mostMs: number): Promise<boolean> {
  try {
    return (await fetch(READINESS, { signal: AbortSignal.timeout(mostMs) })).status < 500;
  } catch {
    return false;
  }
}
