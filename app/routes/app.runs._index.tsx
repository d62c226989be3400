import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Page } from "@shopify/polaris";
import { z } from "zod";
import { RunList } from "#app/components/RunList.tsx";
import { useOutcomeToast } from "#app/components/use-outcome-toast.ts";
import { useRefresh } from "#app/components/use-refresh.ts";
import { deps } from "#app/deps.server.ts";
import { parseOr400 } from "#app/http.server.ts";
import { cancelRun } from "#app/services/cancel-run.server.ts";
import { readRunsPage } from "#app/services/read-runs-page.server.ts";
import { startRun } from "#app/services/start-run.server.ts";
import { authenticate } from "#app/shopify.server.ts";

const REFRESH_MS = 2_000;

const RunCommand = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("start") }),
  z.object({ intent: z.literal("cancel"), runId: z.uuid() }),
]);

export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  return json({ runs: await readRunsPage(deps(), { shop: session.shop, now: new Date() }) });
}

/** Starts a run or stops one; the other pages post here too. */
export async function action({ request }: ActionFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const command = parseOr400(RunCommand, Object.fromEntries(await request.formData()));
  const { shop } = session;
  const now = new Date();
  if (command.intent === "start") {
    const started = await startRun(deps(), { shop, now });
    if (!started.ok) return json({ ok: false, message: started.detail ?? "The run could not be started." });
    return json({
      ok: true,
      message: started.value.isNew ? "Looking for bundles" : "A run is at work already",
    });
  }
  const cancelled = await cancelRun(deps(), { shop, runId: command.runId, now });
  return json({
    ok: cancelled.ok,
    message: cancelled.ok ? "Stopped" : (cancelled.detail ?? "It has ended already."),
  });
}

export default function RunsPage() {
  const { runs } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const isActive = runs.some((run) => run.isActive);
  useRefresh(isActive, REFRESH_MS);
  useOutcomeToast(fetcher.data);
  return (
    <Page
      title="Learning"
      subtitle="Each run reads your orders, learns from them and proposes bundles."
      primaryAction={{
        content: "Find bundles now",
        disabled: isActive,
        loading: fetcher.state !== "idle",
        onAction: () => fetcher.submit({ intent: "start" }, { method: "post" }),
      }}
    >
      <RunList runs={runs} />
    </Page>
  );
}
