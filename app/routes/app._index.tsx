import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Card, Layout, Page, Text } from "@shopify/polaris";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { HistoryCard } from "#app/components/HistoryCard.tsx";
import { LearningCard } from "#app/components/LearningCard.tsx";
import { RunProgressCard } from "#app/components/RunProgressCard.tsx";
import { SetupGuide, type SetupStep } from "#app/components/SetupGuide.tsx";
import { StatusCards } from "#app/components/StatusCards.tsx";
import { useOutcomeToast, type Outcome } from "#app/components/use-outcome-toast.ts";
import { useProgress } from "#app/components/use-progress.ts";
import { deps } from "#app/deps.server.ts";
import { env } from "#app/env.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { readHomePage } from "#app/services/read-home-page.server.ts";

const RUNS_ACTION = "/app/runs?index";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { SHOPIFY_API_KEY: apiKey } = env();
  return json({ home: await readHomePage(deps(), { shop, apiKey, now: new Date(), words }) });
}

export const handle = { texts: ["home", "run"] };

type Home = NonNullable<Awaited<ReturnType<typeof readHomePage>>>;

export default function HomePage() {
  const { t } = useTranslation("home");
  const { home } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<Outcome>();
  const progress = useProgress(home === null || !home.history.isRead || (home.run?.isActive ?? false));
  useOutcomeToast(fetcher.data);
  if (!home) {
    return (
      <Page title="Bundlesmith">
        <Banner title={t("installing.title")}>{t("installing.text")}</Banner>
      </Page>
    );
  }
  const submit = (fields: Record<string, string>) =>
    fetcher.submit(fields, { method: "post", action: RUNS_ACTION });
  const run = progress?.run ?? home.run;
  const history = { ...home.history, ...progress?.history };
  const steps = toSetupSteps(home, t);
  return (
    <Page title="Bundlesmith" subtitle={t("subtitle")}>
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {home.health.isWell ? null : <Banner tone="warning">{home.health.text}</Banner>}
            <StatusCards figures={toFigures(home, t)} />
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
            <HistoryCard history={history} />
            <Card>
              <BlockStack gap="200">
                <Text as="h2" variant="headingMd">
                  {t("health")}
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

function toFigures({ counts, earned }: Home, t: TFunction) {
  const isDecided = counts.toDecide === 0;
  return [
    {
      label: t("figure.toDecide"),
      value: String(counts.toDecide),
      note: isDecided ? t("figure.toDecideNone") : t("figure.toDecideNote"),
      action: { label: isDecided ? t("figure.allBundles") : t("figure.decideNow"), url: "/app/suggestions" },
    },
    {
      label: t("figure.live"),
      value: String(counts.live),
      note: describeLive(counts, t),
      action: { label: t("figure.seeLive"), url: "/app/suggestions?tab=approved" },
    },
    {
      label: t("figure.earned", { days: earned.days }),
      value: earned.revenue,
      note: t("figure.earnedNote", {
        orders: t("figure.orders", { count: earned.conversions }),
        verdict: earned.verdict,
      }),
      action: { label: t("figure.results"), url: "/app/results" },
    },
  ];
}

function describeLive({ live, paused }: Home["counts"], t: TFunction): string {
  if (paused > 0) return t("figure.paused", { count: paused });
  return live === 0 ? t("figure.liveNone") : t("figure.liveNote");
}

function toSetupSteps({ setup, themeEditorUrl }: Home, t: TFunction): SetupStep[] {
  const step = (name: string, isDone: boolean) => ({
    title: t(`setup.${name}.title`),
    text: t(`setup.${name}.text`),
    isDone,
  });
  return [
    step("history", setup.isHistoryRead),
    step("proposed", setup.hasSuggestions),
    {
      ...step("approve", setup.hasApproved),
      action: { label: t("setup.approve.action"), url: "/app/suggestions" },
    },
    step("pixel", setup.isPixelOn),
    {
      ...step("block", setup.isBlockSeen),
      action: { label: t("setup.block.action"), url: themeEditorUrl, isExternal: true },
    },
    { ...step("plan", setup.hasPlan), action: { label: t("setup.plan.action"), url: "/app/plan" } },
  ];
}
