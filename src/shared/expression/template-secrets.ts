/**
 * Which secrets a template asks for. Sending steps look these up, and only these, right before they send (SPEC 7); the
 * rest of the product never has a secret in a scope.
 */
import { parsePlainPath } from './plain-path.ts';
import { splitTemplate } from './template.ts';

/** The NAME of an expression that is exactly `secrets.NAME`, else undefined. */
function secretName(expression: string): string | undefined {
  const path = parsePlainPath(expression);
  const [root, name] = path ?? [];
  if (path?.length !== 2 || root?.name !== 'secrets' || root.indexes.length > 0) return undefined;
  return name?.indexes.length === 0 ? name.name : undefined;
}

/**
 * The names used as `{{secrets.NAME}}` in a template: a string, or any nesting of lists and objects of strings. Each once.
 * @throws AppError `expression_invalid` for a template that can't be split.
 */
export function templateSecrets(template: unknown): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      for (const part of splitTemplate(value)) {
        const name = part.kind === 'expression' ? secretName(part.expression) : undefined;
        if (name !== undefined) names.add(name);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const one of Object.values(value)) visit(one);
    }
  };
  visit(template);
  return [...names];
}
