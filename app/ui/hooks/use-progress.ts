import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { RunState } from "#app/ui/RunList.tsx";
import { askApp } from "./ask-app.ts";

/** Response of `/app/progress`. */
interface Progress {
  readonly run: RunState | null;
  readonly history: {
    readonly isRead: boolean;
    readonly progressPercent: number;
    readonly progressText: string;
  };
}

const ADDRESS = "/app/progress";
const ASK_EVERY_MS = 2_000;

/**
 * Polls the shop's progress while work is active, and reloads the page's data when it ends. Pauses in a hidden tab.
 *
 * @param isActive whether the page's data shows active work
 * @returns the newest response; null before the first
 */
export function useProgress(isActive: boolean): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(null);
  const { revalidate } = useRevalidator();
  const revalidateRef = useRef(revalidate);
  useEffect(() => {
    revalidateRef.current = revalidate;
  }, [revalidate]);

  useEffect(() => {
    if (!isActive) return;
    const ended = new AbortController();
    const { signal } = ended;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const isVisible = document.visibilityState === "visible";
      const next = isVisible ? await askApp<Progress>(ADDRESS, signal) : null;
      if (signal.aborted) return;
      if (next) setProgress(next);
      // Finished work also changes counts, suggestions and results.
      if (next?.history.isRead && !next.run?.isActive) revalidateRef.current();
      timer = setTimeout(() => void ask(), ASK_EVERY_MS);
    };
    void ask();
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [isActive]);
  return isActive ? progress : null;
}
