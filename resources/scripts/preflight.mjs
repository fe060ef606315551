/**
 * Refuses a Node that cannot run Hookyard, in one line that says what to do, before anything else is loaded.
 * Without it an old Node dies later with a crash of the database library and no message. This file must
 * itself run on any Node from 16 on: plain JavaScript, no imports.
 */

/** The first Node that runs TypeScript sources by itself and that the database library supports. */
const LEAST = [22, 18];

const [major, minor] = process.versions.node.split('.').map(Number);
const isFit = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);

if (!isFit) {
  const mend =
    process.platform === 'linux' && process.arch === 'x64'
      ? 'run `npm ci` without --omit=optional (it brings Node 24 along) and start with `npm start`'
      : 'install Node 24 from https://nodejs.org and try again';
  console.error(
    `Hookyard needs Node 24 (${LEAST.join('.')} at least), but this is ${process.version} at ${process.execPath}: ${mend}.`,
  );
  process.exit(1);
}
