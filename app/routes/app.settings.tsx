import { json, type ActionFunctionArgs } from "@remix-run/node";
import { useFetcher } from "@remix-run/react";
import { BlockStack, Box, Page } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { LinkCard } from "#app/pages/settings/LinkCard.tsx";
import { PauseAllCard } from "#app/pages/settings/PauseAllCard.tsx";
import { PublishingCard } from "#app/pages/settings/PublishingCard.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { deps } from "#app/services/deps.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";

/** Takes all offers down. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop, staffId, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const now = new Date();
  const { decidedIds, refused, reasons } = await pauseAllBundles(deps(), { shop, decidedBy: staffId, now });
  await record({ action: "pause-all", detail: { bundles: decidedIds.length }, at: now });
  const paused = words.t("server:done.pause", { count: decidedIds.length });
  const why = reasons.map((reason) => words.t(`server:undecided.${reason}`));
  return json({ ok: refused === 0, message: [paused, ...why].join(". ") });
}

export const handle = { texts: ["settings", "publishing"] };

const PAGES = ["plan", "privacy", "activity", "failed"] as const;
const ADDRESSES = {
  plan: "/app/plan",
  privacy: "/app/privacy",
  activity: "/app/activity",
  failed: "/app/jobs",
} as const;

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const pauseAll = useFetcher<typeof action>();
  useOutcomeToast(pauseAll.data);
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      {/* Polaris sets headings beside cards without a margin of their own on a phone. */}
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <BlockStack gap="500">
          <PublishingCard />
          <PauseAllCard
            isPausing={pauseAll.state !== "idle"}
            onPauseAll={() => pauseAll.submit({}, { method: "post" })}
          />
          <LinkCard
            title={t("more.title")}
            links={PAGES.map((page) => ({
              label: t(`more.${page}.label`),
              text: t(`more.${page}.text`),
              url: ADDRESSES[page],
            }))}
          />
        </BlockStack>
      </Box>
    </Page>
  );
}
