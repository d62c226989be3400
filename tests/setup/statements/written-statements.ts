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

/** An SQL statement in the source code. */
export interface WrittenStatement {
  readonly at: string;
  /** The function that contains it. */
  readonly owner: string;
  readonly sql: string;
}

/** Replaces table names from a loop; all these tables have a shop column. */
const ANY_TABLE = "Order";
const ANY_VALUE = "1";

const TAGS = ["$queryRaw", "$executeRaw"];
const CALLS = ["query", "$queryRawUnsafe", "$executeRawUnsafe"];

/**
 * Lists the SQL statements in the source code that do not go through Prisma's methods. Resolves constants and functions
 * in their text to all possible values; other values become parameters.
 *
 * @throws Error if a statement cannot be resolved from the source code
 */
export function listWrittenStatements(pattern: string): WrittenStatement[] {
  return readSources(pattern, /query|executeRaw/).flatMap((file) =>
    collect(file, (node) => readStatements(node, file)).flat(),
  );
}

function readStatements(node: ts.Node, file: ts.SourceFile): WrittenStatement[] | null {
  const texts = ts.isTaggedTemplateExpression(node)
    ? readTagged(node)
    : ts.isCallExpression(node)
      ? readCall(node, file)
      : null;
  return texts && texts.map((sql) => ({ at: describePlace(node), owner: nameOwner(node), sql }));
}

function nameMethod(callee: ts.Expression): string {
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : "";
}

/** Prisma turns every value into a parameter. */
function readTagged({ tag, template }: ts.TaggedTemplateExpression): string[] | null {
  if (!TAGS.includes(nameMethod(tag))) return null;
  if (ts.isNoSubstitutionTemplateLiteral(template)) return [template.text];
  // A repeated value is one parameter.
  const values = [...new Set(template.templateSpans.map(({ expression }) => expression.getText()))];
  const rest = template.templateSpans.map(
    ({ expression, literal }) => `$${values.indexOf(expression.getText()) + 1}${literal.text}`,
  );
  return [template.head.text + rest.join("")];
}

function readCall(call: ts.CallExpression, file: ts.SourceFile): string[] | null {
  const [first] = call.arguments;
  if (!CALLS.includes(nameMethod(call.expression)) || !first) return null;
  const place: Place = { node: textOf(bare(first)), file, given: new Map() };
  const texts = readText(place);
  if (!texts) throw new Error(`The statement at ${describePlace(call)} cannot be resolved`);
  return texts;
}

function textOf(node: ts.Expression): ts.Expression {
  if (!ts.isObjectLiteralExpression(node)) return node;
  const text = node.properties.find((property) => property.name?.getText() === "text");
  return text && ts.isPropertyAssignment(text) ? text.initializer : node;
}

/** Every possible text of an expression; null if it cannot be resolved. */
function readText(place: Place): string[] | null {
  const node = bare(place.node);
  const at = (expression: ts.Expression) => readText({ ...place, node: expression });
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return readTemplate(node, at);
  if (ts.isIdentifier(node)) {
    const meant = resolveName(node.text, place);
    return meant && readText(meant);
  }
  if (ts.isCallExpression(node)) {
    const result = resolveCall(node, place);
    return result && readText(result);
  }
  if (ts.isConditionalExpression(node)) return join(at(node.whenTrue), at(node.whenFalse));
  if (ts.isElementAccessExpression(node)) return readEntries(node.expression, place);
  if (!ts.isBinaryExpression(node)) return null;
  const [left, right] = [at(node.left), at(node.right)];
  if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return join(left, right);
  if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken || !left || !right) return null;
  return left.flatMap((head) => right.map((tail) => head + tail));
}

const join = (one: string[] | null, other: string[] | null) => one && other && [...one, ...other];

/** The texts of all entries of a record. */
function readEntries(record: ts.Expression, place: Place): string[] | null {
  const meant = ts.isIdentifier(record) ? resolveName(record.text, place) : null;
  const node = meant && bare(meant.node);
  if (!node || !ts.isObjectLiteralExpression(node)) return null;
  const entries = node.properties.map((property) =>
    ts.isPropertyAssignment(property) ? readText({ ...meant, node: property.initializer }) : null,
  );
  return entries.every((texts) => texts !== null) ? entries.flat() : null;
}

function readTemplate(
  { head, templateSpans }: ts.TemplateExpression,
  at: (expression: ts.Expression) => string[] | null,
): string[] {
  let texts = [head.text];
  for (const { expression, literal } of templateSpans) {
    const pieces = at(expression);
    texts = texts.flatMap((text) =>
      (pieces ?? [text.endsWith('"') ? ANY_TABLE : ANY_VALUE]).map((piece) => text + piece + literal.text),
    );
  }
  return texts;
}
