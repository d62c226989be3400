import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, Box } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { ExclusionsSection, OwnVisitsCard, PauseAllCard } from "#app/pages/settings/SettingsCards.tsx";
import { PublishingCard } from "#app/pages/settings/PublishingCard.tsx";
import { LinkCard } from "#app/ui/LinkCard.tsx";
import { SettingsForm } from "#app/ui/settings/SettingsForm.tsx";
import { EXCLUSIONS, SETTING_GROUPS } from "#app/domain/settings-fields.ts";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { readSettingsPage } from "#app/pages/settings/read-settings-page.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { changePublication, PublicationIntent } from "#app/services/publish/change-publication.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  return json({ page: await readSettingsPage(deps, { shop, now, words }) });
}

const PAUSE_ALL = "pause-all";

/** Saves the settings, pauses all offers, or changes the publication as a whole. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, graphql, words, refusal, record } = await openPageAction(
    request,
    "decide",
  );
  if (refusal !== null) return json({ ok: false, message: refusal, problems: [] }, { status: 403 });
  const typed = Object.fromEntries(await request.formData());
  const { data: intent } = PublicationIntent.safeParse(typed["intent"]);
  if (intent) {
    const outcome = await changePublication(deps, { shop, graphql, intent, now, words });
    if (outcome.ok) await record({ action: intent });
    return json({ ...outcome, problems: [] }, { status: outcome.ok ? 200 : 409 });
  }
  if (typed["intent"] !== PAUSE_ALL) {
    const outcome = await saveTypedSettings(deps, { shop, typed, now, words, staffId });
    return json(outcome, { status: outcome.ok ? 200 : 422 });
  }
  const { decidedIds, refused, reasons } = await pauseAllBundles(deps, { shop, decidedBy: staffId, now });
  await record({ action: PAUSE_ALL, detail: { bundles: decidedIds.length } });
  const paused = words.t("server:done.pause", { count: decidedIds.length });
  const why = reasons.map((reason) => words.t(`server:undecided.${reason}`));
  return json({ ok: refused === 0, message: joinSentences([paused, ...why], words.t), problems: [] });
}

export const handle = { texts: ["settings", "publishing"] };

const PAGES = ["plan", "privacy", "activity"] as const;

export default function SettingsPage() {
  const { t } = useTranslation("settings");
  const { page } = useLoaderData<typeof loader>();
  const pauseAll = useFetcher<typeof action>();
  useOutcomeToast(pauseAll.data);
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      {/* On a phone, Polaris gives these headings no margin. */}
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <BlockStack gap="500">
          <SettingsForm
            name="settings"
            groups={SETTING_GROUPS}
            settings={page.settings}
            lists={EXCLUSIONS.map(({ name }) => name)}
          >
            {(form) => <ExclusionsSection {...form} names={page.names} />}
          </SettingsForm>
          <OwnVisitsCard leaveOutUrl={page.leaveOutUrl} />
          <PublishingCard publication={page.publication} />
          <PauseAllCard
            isPausing={pauseAll.state !== "idle"}
            onPauseAll={() => pauseAll.submit({ intent: PAUSE_ALL }, { method: "post" })}
          />
          <LinkCard
            title={t("more.title")}
            links={PAGES.map((page) => ({
              label: t(`more.${page}.label`),
              text: t(`more.${page}.text`),
              url: `/app/${page}`,
            }))}
          />
        </BlockStack>
      </Box>
    </Page>
  );
}
