/**
 * Two faults of a lockfile that `npm install` makes in silence and `npm ci` dies of elsewhere: a package whose
 * optional parts (the native builds for other systems) are not all locked, and an address of one particular registry.
 */
import { readFileSync } from 'node:fs';
import { at } from './project.mjs';

/** Resolves to exit code and words, as the other checks do. */
export async function checkLockfile() {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const faults = [];
  for (const [place, entry] of Object.entries(packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, place, name))
        faults.push(`${place || 'package.json'}: optional part ${name} is not locked`);
    }
    if (/^https?:/.test(entry.resolved ?? '')) faults.push(`${place}: names the registry it came from`);
  }
  return { code: faults.length === 0 ? 0 : 1, output: faults.join('\n') };
}

/** Looks where Node would: beside the package, then in each node_modules above it. */
function isLocked(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}
