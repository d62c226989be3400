import { useAppBridge } from "@shopify/app-bridge-react";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

/**
 * Saves a response of the app as a file. A plain link would carry no session token, so the file is fetched and handed
 * to the browser.
 */
export function useDownload(path: string, fileName: string) {
  const appBridge = useAppBridge();
  const { t } = useTranslation();
  const [isLoading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    try {
      const response = await fetch(path);
      // The body of a 403 names the missing right, in the reader's language.
      const refusal = response.status === 403 ? await response.text() : "";
      if (!response.ok) throw new Error(refusal || t("common:download.status", { status: response.status }));
      const url = URL.createObjectURL(await response.blob());
      const link = document.createElement("a");
      link.href = url;
      link.download = fileName;
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      appBridge.toast.show(t("common:download.failed", { reason }), { isError: true });
    } finally {
      setLoading(false);
    }
  };
  return { isLoading, download };
}
