import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Card, Layout, Page, Text } from "@shopify/polaris";
import { HistoryCard } from "#app/components/HistoryCard.tsx";
import { LearningCard } from "#app/components/LearningCard.tsx";
import { RunProgressCard } from "#app/components/RunProgressCard.tsx";
import { SetupGuide, type SetupStep } from "#app/components/SetupGuide.tsx";
import { StatusCards } from "#app/components/StatusCards.tsx";
import { useOutcomeToast, type Outcome } from "#app/components/use-outcome-toast.ts";
import { useRefresh } from "#app/components/use-refresh.ts";
import { deps } from "#app/deps.server.ts";
import { env } from "#app/env.server.ts";
import { readHomePage } from "#app/services/read-home-page.server.ts";
import { authenticate } from "#app/shopify.server.ts";

/** While a run or the back-fill is at work. */
const REFRESH_MS = 2_000;
const RUNS_ACTION = "/app/runs?index";

export async function loader({ request }: LoaderFunctionArgs) {
  const { session } = await authenticate.admin(request);
  const { SHOPIFY_API_KEY: apiKey } = env();
  return json({ home: await readHomePage(deps(), { shop: session.shop, apiKey, now: new Date() }) });
}

type Home = NonNullable<Awaited<ReturnType<typeof readHomePage>>>;

export default function HomePage() {
  const { home } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<Outcome>();
  useRefresh(home === null || !home.history.isRead || (home.run?.isActive ?? false), REFRESH_MS);
  useOutcomeToast(fetcher.data);
  if (!home) {
    return (
      <Page title="Bundlesmith">
        <Banner title="Setting up your shop">This takes a few seconds; the page opens by itself.</Banner>
      </Page>
    );
  }
  const submit = (fields: Record<string, string>) =>
    fetcher.submit(fields, { method: "post", action: RUNS_ACTION });
  const { run } = home;
  const steps = toSetupSteps(home);
  return (
    <Page title="Bundlesmith" subtitle="Bundles that your own orders ask for">
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {home.health.isWell ? null : <Banner tone="warning">{home.health.text}</Banner>}
            <StatusCards figures={toFigures(home)} />
            {run?.isActive ? (
              <RunProgressCard
                run={run}
                isCancelling={fetcher.state !== "idle"}
                onCancel={() => submit({ intent: "cancel", runId: run.id })}
              />
            ) : (
              <LearningCard
                latest={run}
                isMainAction={home.counts.toDecide === 0}
                isStarting={fetcher.state !== "idle"}
                onStart={() => submit({ intent: "start" })}
              />
            )}
            {steps.every(({ isDone }) => isDone) ? null : <SetupGuide steps={steps} />}
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <HistoryCard history={home.history} />
            <Card>
              <BlockStack gap="200">
                <Text as="h2" variant="headingMd">
                  Health
                </Text>
                <Text as="p" tone={home.health.isWell ? "success" : "caution"}>
                  {home.health.text}
                </Text>
              </BlockStack>
            </Card>
          </BlockStack>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

function toFigures({ counts, earned }: Home) {
  return [
    {
      label: "To decide",
      value: String(counts.toDecide),
      note: counts.toDecide === 0 ? "Nothing waits for you." : "Suggestions with their evidence.",
      action: { label: counts.toDecide === 0 ? "All bundles" : "Decide now", url: "/app/suggestions" },
    },
    {
      label: "Live on your storefront",
      value: String(counts.live),
      note: describeLive(counts),
      action: { label: "See them", url: "/app/suggestions?tab=approved" },
    },
    {
      label: `Paid for bundles in ${earned.days} days`,
      value: earned.revenue,
      note: `${earned.orders}. ${earned.verdict}`,
      action: { label: "Results", url: "/app/results" },
    },
  ];
}

function describeLive({ live, paused }: Home["counts"]): string {
  if (paused > 0) return `${paused} paused`;
  return live === 0 ? "Nothing is shown to shoppers yet." : "Shown to shoppers now.";
}

function toSetupSteps({ setup, themeEditorUrl }: Home): SetupStep[] {
  return [
    {
      title: "Your orders are read",
      text: "This starts by itself after installation. Older orders can be added as a file.",
      isDone: setup.isHistoryRead,
    },
    {
      title: "Bundles are proposed",
      text: "The app learns what is bought together. It stays silent where the evidence is thin.",
      isDone: setup.hasSuggestions,
    },
    {
      title: "Approve your first bundle",
      text: "Each suggestion says why it was made and what it should earn. Nothing is shown without your approval.",
      isDone: setup.hasApproved,
      action: { label: "Look at the suggestions", url: "/app/suggestions" },
    },
    {
      title: "Visitors are counted",
      text: "The pixel tells which products are looked at. It switches on with the first publishing.",
      isDone: setup.isPixelOn,
    },
    {
      title: "Place the offer on your product page",
      text: "The button opens your theme editor with the block in place; press Save there. This step ticks itself when the first shopper sees an offer.",
      isDone: setup.isBlockSeen,
      action: { label: "Open the theme editor", url: themeEditorUrl, isExternal: true },
    },
  ];
}
