import { Banner } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Page } from "./Page.tsx";

/** A page until the installation has written the shop's row. */
export function InstallingPage({ title }: { readonly title: string }) {
  const { t } = useTranslation("common");
  return (
    <Page title={title}>
      <Banner>{t("installing")}</Banner>
    </Page>
  );
}
