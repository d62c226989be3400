import { readFileSync } from "node:fs";
import ts from "typescript";
import {
  bare,
  collect,
  describePlace,
  nameOwner,
  readSources,
  resolveCall,
  resolveName,
  type Place,
} from "./source-tree.ts";

/** A call of Prisma's, or a part of one, that reads or changes rows of more than one shop. */
export interface UnboundFilter {
  /** "app/data/runs/runs.server.ts:12 run.findMany" */
  readonly at: string;
  /** The function that it is in. */
  readonly owner: string;
  /** What lacks the shop: "where", or the path of a relation. */
  readonly part: string;
}

interface Relation {
  readonly model: string;
  readonly isList: boolean;
  /** Whether the foreign key holds the shop, so that both ends are of one shop by themselves. */
  readonly holdsShop: boolean;
}

type Models = ReadonlyMap<string, ReadonlyMap<string, Relation>>;

/** Rows that these write hold the shop by their type, which the compiler asks for. */
const WRITING = ["create", "createMany", "createManyAndReturn"];
const FILTERING = [
  ...["findFirst", "findFirstOrThrow", "findMany", "findUnique", "findUniqueOrThrow"],
  ...["aggregate", "count", "groupBy", "delete", "deleteMany", "update", "updateMany", "upsert"],
];
const CALL = new RegExp(`\\.(?:${[...WRITING, ...FILTERING].join("|")})\\(`);
const SHOP = "shop";

/** The models of the schema by the names that Prisma's client has for them, with their relations. */
function readModels(): Models {
  const schema = readFileSync(new URL("../../../prisma/schema.prisma", import.meta.url), "utf8");
  const bodies = new Map(
    [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => [name!, body!]),
  );
  const readRelations = (body: string) =>
    [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\[\]|\?)?(?:\s+@relation\(fields: \[([^\]]*)\])?/gm)].filter(
      ([, , type]) => bodies.has(type!),
    );
  const hasShop = (fields: string) => fields.split(/,\s*/).includes(SHOP);
  return new Map(
    [...bodies].map(([name, body]) => {
      const relations = readRelations(body).map(([, field, type, kind, own]) => {
        const other = readRelations(bodies.get(type!)!).find(
          ([, , back, , fields]) => back === name && fields,
        );
        const isList = kind === "[]";
        return [
          field!,
          { model: toClientName(type!), isList, holdsShop: hasShop(own ?? other?.[4] ?? "") },
        ] as const;
      });
      return [toClientName(name), new Map(relations)];
    }),
  );
}

const toClientName = (model: string) => model[0]!.toLowerCase() + model.slice(1);

/**
 * Every call of Prisma's in the source code that does not ask for the one shop, as it is written: in what it filters by,
 * and in each relation that it follows whose foreign key does not hold the shop.
 */
export function listUnboundFilters(pattern: string): UnboundFilter[] {
  const models = readModels();
  return readSources(pattern, CALL).flatMap((file) =>
    collect(file, (node) => (ts.isCallExpression(node) ? checkCall(node, file, models) : null)).flat(),
  );
}

function checkCall(call: ts.CallExpression, file: ts.SourceFile, models: Models): UnboundFilter[] | null {
  const { expression: callee } = call;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isPropertyAccessExpression(callee.expression))
    return null;
  const method = callee.name.text;
  const model = callee.expression.name.text;
  if (!models.has(model) || ![...WRITING, ...FILTERING].includes(method)) return null;
  const name = { at: `${describePlace(call)} ${model}.${method}`, owner: nameOwner(call) };
  const [argument] = call.arguments;
  const fields = argument ? listFields({ node: argument, file, given: new Map() }) : [];
  const where = fields.find(([field]) => field === "where")?.[1];
  const parts = [
    ...(WRITING.includes(method) || (where && bindsShop(where)) ? [] : ["where"]),
    ...(where ? checkFilter(where, models, model) : []),
    ...checkRelations(fields, models, model),
  ];
  return parts.map((part) => ({ ...name, part }));
}

/** Every field by which a filter of Prisma's is bound to the shop, in calls and in the relations that they follow. */
export function listShopFields(pattern: string): ts.Node[] {
  const filters = readSources(pattern, CALL).flatMap((file) =>
    collect(file, (node) => {
      const isFilter =
        ts.isPropertyAssignment(node) && /^(where|some|none|every|is|isNot|run)$/.test(node.name.getText());
      return isFilter ? findShopFields({ node: node.initializer, file, given: new Map() }) : null;
    }).flat(),
  );
  return [...new Set(filters)];
}

/** The fields of an object as it is written, those that are spread into it and those of either case among them. */
function listFields(place: Place): [name: string, value: Place][] {
  const node = bare(place.node);
  const at = (expression: ts.Expression): Place => ({ ...place, node: expression });
  if (ts.isConditionalExpression(node))
    return [...listFields(at(node.whenTrue)), ...listFields(at(node.whenFalse))];
  if (ts.isIdentifier(node)) {
    const meant = resolveName(node.text, place);
    return meant ? listFields(meant) : [];
  }
  if (ts.isCallExpression(node)) {
    const result = resolveCall(node, place);
    return result ? listFields(result) : [];
  }
  if (!ts.isObjectLiteralExpression(node)) return [];
  return node.properties.flatMap((property): [string, Place][] => {
    if (ts.isSpreadAssignment(property)) return listFields(at(property.expression));
    if (ts.isShorthandPropertyAssignment(property)) return [[property.name.text, at(property.name)]];
    return ts.isPropertyAssignment(property) ? [[property.name.getText(), at(property.initializer)]] : [];
  });
}

/** Whether what is filtered by holds the shop in every case. */
function bindsShop(place: Place): boolean {
  return findShopFields(place) !== null;
}

/** The fields by which a filter holds the shop, by itself or in a key of several; null when there is a case without. */
function findShopFields(place: Place): ts.Node[] | null {
  const node = bare(place.node);
  const at = (expression: ts.Expression) => findShopFields({ ...place, node: expression });
  if (ts.isConditionalExpression(node)) {
    const [one, other] = [at(node.whenTrue), at(node.whenFalse)];
    return one && other && [...one, ...other];
  }
  if (ts.isIdentifier(node) || ts.isCallExpression(node)) {
    const meant = ts.isIdentifier(node) ? resolveName(node.text, place) : resolveCall(node, place);
    return meant && findShopFields(meant);
  }
  if (!ts.isObjectLiteralExpression(node)) return null;
  const found = node.properties.flatMap((property): ts.Node[] => {
    if (ts.isSpreadAssignment(property)) return at(property.expression) ?? [];
    const name = property.name?.getText() ?? "";
    if (ts.isShorthandPropertyAssignment(property)) return name === SHOP ? [property] : [];
    if (!ts.isPropertyAssignment(property)) return [];
    const value = bare(property.initializer);
    const isPlain = !ts.isObjectLiteralExpression(value) && !ts.isConditionalExpression(value);
    if (name === SHOP) return isPlain ? [property] : [];
    return name.startsWith(`${SHOP}_`) ? (at(value) ?? []) : [];
  });
  return found.length > 0 ? found : null;
}

/** Conditions on the rows of a relation, which must be those of the shop. */
function checkFilter(where: Place, models: Models, model: string): string[] {
  return listFields(where).flatMap(([field, value]) => {
    if (["AND", "OR", "NOT"].includes(field)) {
      return listItems(value).flatMap((item) => checkFilter(item, models, model));
    }
    const relation = models.get(model)?.get(field);
    if (!relation) return [];
    const inner = listFields(value).filter(([name]) =>
      ["some", "none", "every", "is", "isNot"].includes(name),
    );
    const filters = inner.length > 0 ? inner.map(([, filter]) => filter) : [value];
    return filters.flatMap((filter) => [
      ...(relation.holdsShop || bindsShop(filter) ? [] : [field]),
      ...checkFilter(filter, models, relation.model),
    ]);
  });
}

function listItems(place: Place): Place[] {
  const node = bare(place.node);
  return ts.isArrayLiteralExpression(node)
    ? node.elements.map((item) => ({ ...place, node: item }))
    : [place];
}

/** Rows of relations that come along. Those of a list can be filtered; a single one is asked for by itself instead. */
function checkRelations(fields: [string, Place][], models: Models, model: string): string[] {
  const taken = fields.filter(([field]) => field === "include" || field === "select");
  return taken
    .flatMap(([, value]) => listFields(value))
    .flatMap(([field, value]) => {
      const relation = models.get(model)?.get(field);
      if (!relation) return [];
      const below = listFields(value);
      const where = below.find(([name]) => name === "where")?.[1];
      const isBound = relation.holdsShop || (relation.isList && where !== undefined && bindsShop(where));
      return [
        ...(isBound ? [] : [field]),
        ...(where ? checkFilter(where, models, relation.model) : []),
        ...checkRelations(below, models, relation.model),
      ];
    });
}
