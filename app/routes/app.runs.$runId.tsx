import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { z } from "zod";
import { CandidateTable } from "#app/components/CandidateTable.tsx";
import { FactList } from "#app/components/FactList.tsx";
import { toBackendName } from "#app/components/LearningCard.tsx";
import { RefusalList } from "#app/components/RefusalList.tsx";
import { RunProgressCard } from "#app/components/RunProgressCard.tsx";
import { RunStatusBadge } from "#app/components/RunList.tsx";
import { useOutcomeToast, type Outcome } from "#app/components/use-outcome-toast.ts";
import { useRefresh } from "#app/components/use-refresh.ts";
import { deps } from "#app/deps.server.ts";
import { readRunPage } from "#app/services/read-run-page.server.ts";
import { authenticate } from "#app/shopify.server.ts";

const REFRESH_MS = 2_000;

export { MissingBoundary as ErrorBoundary } from "#app/components/MissingBoundary.tsx";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const runId = z.uuid().safeParse(params["runId"]);
  const run = runId.success
    ? await readRunPage(deps(), { shop: session.shop, runId: runId.data, now: new Date() })
    : null;
  if (!run) throw new Response("This run does not exist", { status: 404 });
  return json({ run });
}

const BEHAVIOUR_TITLE = {
  cart: "What completes a cart",
  product: "What goes with a product",
} as const;

export default function RunPage() {
  const { run } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<Outcome>();
  useRefresh(run.isActive, REFRESH_MS);
  useOutcomeToast(fetcher.data);
  const whenEmpty = run.isActive ? "This step has not finished." : "This step was not reached.";
  return (
    <Page
      title={run.at}
      titleMetadata={<RunStatusBadge status={run.status} />}
      subtitle={[
        `Learned from orders until ${run.cutoffAt}`,
        run.backend ? toBackendName(run.backend) : null,
        run.trainTime ? `${run.trainTime} of training` : null,
      ]
        .filter(Boolean)
        .join(" · ")}
      backAction={{ content: "Learning", url: "/app/runs" }}
      {...(run.status === "succeeded"
        ? { primaryAction: { content: "Look at the suggestions", url: "/app/suggestions" } }
        : {})}
    >
      <BlockStack gap="400">
        {run.isActive ? (
          <RunProgressCard
            run={run}
            isCancelling={fetcher.state !== "idle"}
            onCancel={() =>
              fetcher.submit(
                { intent: "cancel", runId: run.id },
                { method: "post", action: "/app/runs?index" },
              )
            }
          />
        ) : null}
        {run.problem ? (
          <Banner tone="critical" title="This run failed">
            {run.problem}
          </Banner>
        ) : null}
        {!run.isActive && !run.problem && run.message ? <Banner tone="info">{run.message}</Banner> : null}
        <FactList title="What it worked with" facts={run.facts} />
        {run.behaviour.map(({ task, rows }) => (
          <CandidateTable
            key={task}
            title={BEHAVIOUR_TITLE[task]}
            explanation="Each method saw only earlier orders and had to guess a product left out of each later basket. The best is used, and a simpler one where the difference may be chance."
            headings={["Right among its 10 guesses", "How high it guessed, 0 to 1", "Time to learn"]}
            rows={rows}
            whenEmpty={whenEmpty}
          />
        ))}
        <CandidateTable
          title="Where demand is heading"
          explanation="Each method forecast weeks that it had not seen. The one with the smallest error, as a share of all orders, is used."
          headings={["Error"]}
          rows={run.trends}
          whenEmpty={
            run.status === "succeeded"
              ? "There are too few weeks of orders yet to compare methods, so recent weeks are averaged."
              : whenEmpty
          }
        />
        <RefusalList refused={run.refused} total={run.refusedCount} />
      </BlockStack>
    </Page>
  );
}
