import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, InlineGrid } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import type { Translate } from "#app/locales/translate.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { DecideCard, EarnedCard, WrongCard } from "#app/pages/home/HomeCards.tsx";
import { HistoryCard } from "#app/pages/home/HistoryCard.tsx";
import { RunProgressCard } from "#app/ui/RunProgressCard.tsx";
import { SetupGuide, type SetupStep } from "#app/pages/home/SetupGuide.tsx";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import { useProgress } from "#app/ui/hooks/use-progress.ts";
import { env } from "#app/process/env.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { changeGuide } from "#app/services/settings/change-guide.server.ts";
import { readHomePage, type HomePage as Home } from "#app/pages/home/read-home-page.server.ts";

const RUNS_ACTION = "/app/runs?index";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, graphql, words } = await openPageRequest(request);
  const { SHOPIFY_API_KEY: apiKey } = env();
  return json({ home: await readHomePage(deps, { shop, graphql, apiKey, now, words }) });
}

const GuideCommand = z.object({ intent: z.enum(["guide-hide", "guide-show"]) });

/** Hides or shows the setup guide. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const { intent } = parseOr400(GuideCommand, Object.fromEntries(await request.formData()));
  await changeGuide(deps, { shop, staffId, isHidden: intent === "guide-hide", now });
  return json({ ok: true, message: "" });
}

export const handle = { texts: ["home", "run"] };

export default function HomePage() {
  const { t } = useTranslation("home");
  const { home } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<Outcome>();
  const progress = useProgress(!home.history.isRead || (home.run?.isActive ?? false));
  const guide = useFetcher<Outcome>();
  useOutcomeToast(fetcher.data);
  useOutcomeToast(guide.data?.ok === false ? guide.data : undefined);
  const submit = (fields: Record<string, string>) =>
    fetcher.submit(fields, { method: "post", action: RUNS_ACTION });
  const run = progress?.run ?? home.run;
  const history = { ...home.history, ...progress?.history };
  const start = () => submit({ intent: "start" });
  const steps = toSetupSteps(home, t, run?.isActive ? null : start);
  const isSetUp = steps.every(({ isDone }) => isDone);
  const turnGuide = (intent: "guide-hide" | "guide-show") =>
    guide.submit({ intent }, { method: "post", action: "/app?index" });
  return (
    <Page
      title="Bundlesmith"
      subtitle={t("subtitle")}
      secondaryActions={
        home.isGuideHidden && !isSetUp
          ? [{ content: t("setup.show"), onAction: () => turnGuide("guide-show") }]
          : []
      }
    >
      {/* A grid keeps its columns until the second one has loaded. */}
      <InlineGrid columns={{ xs: 1, md: ["twoThirds", "oneThird"] }} gap="400" alignItems="start">
        <BlockStack gap="400">
          {run?.isActive ? (
            <RunProgressCard
              run={run}
              isCancelling={fetcher.state !== "idle"}
              onCancel={() => submit({ intent: "cancel", runId: run.id })}
            />
          ) : null}
          <EarnedCard {...home.earned} />
          <DecideCard
            text={home.decide}
            hasFoundNothing={home.hasFoundNothing}
            counts={home.counts}
            latest={run}
            nextTry={home.nextTry}
            isStarting={fetcher.state !== "idle"}
            onStart={start}
          />
          <WrongCard faults={home.faults} />
          {isSetUp || home.isGuideHidden ? null : (
            <SetupGuide steps={steps} onHide={() => turnGuide("guide-hide")} />
          )}
        </BlockStack>
        <HistoryCard history={history} />
      </InlineGrid>
    </Page>
  );
}

/** @param start starts a run; null while one is active or the orders are missing */
function toSetupSteps({ setup, themeEditor }: Home, t: Translate, start: (() => void) | null): SetupStep[] {
  const step = (name: string, isDone: boolean) => ({
    title: t(`setup.${name}.title`),
    text: t(`setup.${name}.text`),
    isDone,
  });
  return [
    step("history", setup.isHistoryRead),
    {
      ...step("proposed", setup.hasSuggestions),
      ...(start && setup.isHistoryRead ? { action: { label: t("learning.start"), onAction: start } } : {}),
    },
    {
      ...step("approve", setup.hasApproved),
      action: { label: t("setup.approve.action"), url: "/app/suggestions" },
    },
    {
      ...step("block", setup.hasImpression),
      action: { label: t("setup.block.action"), url: themeEditor.block, isExternal: true },
    },
    {
      ...step("embed", setup.isEmbedOn),
      action: { label: t("setup.embed.action"), url: themeEditor.embed, isExternal: true },
    },
    step("pixel", setup.hasVisits),
    { ...step("plan", setup.hasPlan), action: { label: t("setup.plan.action"), url: "/app/plan" } },
  ];
}
