/** The fields of a form that are not as another state of it has them; only what JSON can hold is told apart. */
export function omitEqual<T extends object>(fields: Partial<T>, other: Partial<T>): Partial<T> {
  const rest = Object.entries(fields).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(other, name)),
  );
  return Object.fromEntries(rest) as Partial<T>;
}
