import { useRevalidator } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import type { RunState } from "#app/ui/RunList.tsx";
import { readEvents } from "./read-events.ts";
import { useRefresh } from "./use-refresh.ts";

/** The message of `/app/progress`. */
interface Progress {
  readonly run: RunState | null;
  readonly history: {
    readonly isRead: boolean;
    readonly progressPercent: number;
    readonly progressText: string;
  };
}

const ADDRESS = "/app/progress";
/** After a broken connection; doubled with each, so that a server that is down is left in peace. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** What the page asks for by itself while there is no stream. */
const POLL_MS = 2_000;

/**
 * Follows the shop's progress while something is at work: by server-sent events, and by reading the page again where
 * a proxy or an old browser lets none through. Ends with the page, and while its tab is hidden.
 *
 * @param isActive whether the page's own data say that something is at work
 * @returns the newest message; null before the first
 */
export function useProgress(isActive: boolean): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [isStreaming, setStreaming] = useState(false);
  const { revalidate } = useRevalidator();
  const revalidateRef = useRef(revalidate);
  useEffect(() => {
    revalidateRef.current = revalidate;
  }, [revalidate]);
  useRefresh(isActive && !isStreaming, POLL_MS);

  useEffect(() => {
    if (!isActive) return;
    const ended = new AbortController();
    const { signal } = ended;
    void follow(signal, {
      onStreaming: setStreaming,
      onProgress: (next) => {
        setProgress(next);
        const isAtWork = !next.history.isRead || next.run?.isActive === true;
        // What is finished changed more than the bars: counts, suggestions, results.
        if (!isAtWork) revalidateRef.current();
      },
    });
    return () => ended.abort();
  }, [isActive]);
  return isActive ? progress : null;
}

interface Follower {
  onStreaming(isStreaming: boolean): void;
  onProgress(progress: Progress): void;
}

async function follow(signal: AbortSignal, { onStreaming, onProgress }: Follower): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(ADDRESS, { signal, headers: { Accept: "text/event-stream" } });
        if (!answer.ok || !answer.body) throw new Error(`the server answered ${answer.status}`);
        for await (const message of readEvents(answer.body)) {
          if (signal.aborted) return;
          onStreaming(true);
          retryMs = FIRST_RETRY_MS;
          onProgress(message as Progress);
        }
      } catch {
        // A broken connection is tried again below; until then the page polls.
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
      if (signal.aborted) return;
      onStreaming(false);
    }
    await wait(retryMs, signal);
  }
}

function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
