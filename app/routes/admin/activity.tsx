import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Button, InlineStack } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { ActivityList } from "#app/ui/ActivityList.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { ActivityQuery, readActivityPage } from "#app/pages/activity/read-activity-page.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, staffId, words } = await openPageRequest(request);
  const { after } = ActivityQuery.parse({ after: new URL(request.url).searchParams.get("after") });
  return json({ page: await readActivityPage(deps, { shop, after, viewer: staffId, words }) });
}

export const handle = { texts: ["activity"] };

export default function ActivityPage() {
  const { t } = useTranslation("activity");
  const { page } = useLoaderData<typeof loader>();
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      backAction={{ content: t("common:nav.settings"), url: "/app/settings" }}
    >
      {page.entries.length === 0 ? (
        <Subdued>{t("none")}</Subdued>
      ) : (
        <ActivityList title={t("list")} entries={page.entries} />
      )}
      {page.next ? (
        <InlineStack align="center">
          <Button url={`/app/activity?after=${encodeURIComponent(page.next)}`}>{t("older")}</Button>
        </InlineStack>
      ) : null}
    </Page>
  );
}
