import { Card, ChoiceList } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { OFFER_KINDS, type OfferKind } from "#app/domain/offer/offer-kinds.ts";

interface KindCardProps {
  readonly kind: OfferKind;
  readonly onChange: (kind: OfferKind) => void;
}

/** Which form of offer it is, each in one sentence. */
export function KindCard({ kind, onChange }: KindCardProps) {
  const { t } = useTranslation("offer");
  return (
    <Card>
      <ChoiceList
        title={t("kind.title")}
        choices={OFFER_KINDS.map((value) => ({
          value,
          label: t(`kind.${value}`),
          helpText: t(`kindText.${value}`),
        }))}
        selected={[kind]}
        onChange={([chosen]) => onChange(chosen as OfferKind)}
      />
    </Card>
  );
}
