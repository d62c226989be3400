import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";
import { inNumbers, type InNumbers } from "#app/data/money-columns.ts";

/**
 * A bundle and its components as the app works with them: amounts in numbers, and a state that it knows.
 *
 * @throws RangeError if the row's state is none
 */
export function toBundleRow<C extends object, T extends { components: C[]; status: unknown }>(
  bundle: T,
): InNumbers<Omit<T, "components" | "status">> & {
  status: BundleStatus;
  components: InNumbers<T["components"][number]>[];
} {
  const { components, status, ...row } = bundle;
  return { ...inNumbers(row), status: toBundleStatus(status), components: components.map(inNumbers) };
}
