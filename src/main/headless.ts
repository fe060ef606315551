/**
 * Entry of the headless host, and of `hookyard test` beside it: knows where its files lie, in the sources and in the
 * build alike.
 */
import packageInfo from '../../package.json' with { type: 'json' };
import { runHeadless } from './headless/host.ts';
import { runTestCommand } from './headless/test-command.ts';

const isBuilt = import.meta.url.endsWith('.js');
const extension = isBuilt ? 'js' : 'ts';

const parts = {
  version: packageInfo.version,
  files: {
    storeWriter: new URL(`./store-writer.${extension}`, import.meta.url),
    sandboxWorker: new URL(`./sandbox-worker.${extension}`, import.meta.url),
    samples: new URL('../../resources/samples/', import.meta.url),
  },
  rendererDir: new URL(isBuilt ? '../renderer/' : '../../out/renderer/', import.meta.url),
};
const [command, ...args] = process.argv.slice(2);

if (command === 'test') process.exitCode = await runTestCommand(parts, args);
else await runHeadless(parts);
