import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** Answers without a page's work whether the process is there and its database answers. */
const READINESS = "/readyz/intake";

/**
 * Reads the page's data again while something runs in the background. Stops in a hidden tab, so that a page left
 * open costs nothing. A server that cannot answer is not asked for the page: a reading that fails would take what is
 * on the screen away.
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

/** A proxy that keeps the question to itself answers for a server that it reaches. */
async function isReady(mostMs: number): Promise<boolean> {
  try {
    return (await fetch(READINESS, { signal: AbortSignal.timeout(mostMs) })).status < 500;
  } catch {
    return false;
  }
}
