/**
 * The import rules of .dependency-cruiser.cjs, with a floor under the number of modules looked at: the tool
 * reports success when it could read none of them.
 */
import { run } from './project.mjs';

/** Well below what the sources hold, well above what a blind tool sees. */
const LEAST_MODULES = 300;

/** Resolves to exit code and words, as the other checks do. */
export async function checkImports() {
  const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
  const { code, output } = await run('depcruise', args, { capture: true });
  if (code !== 0) return { code, output };
  const seen = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  if (seen >= LEAST_MODULES) return { code: 0, output };
  return {
    code: 1,
    output: `Only ${seen} modules were looked at, at least ${LEAST_MODULES} are expected.\n${output}`,
  };
}
