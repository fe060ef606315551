/** `npm run chaos -- --forge [--count N] [--seed N]`: so many forgeries of every scheme and sender. Exits 1 when one passed. */
import { parseArgs } from 'node:util';
import { forge } from './forge.ts';

const { values } = parseArgs({
  options: {
    forge: { type: 'boolean' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const { count, schemes, leftOut, faults } = await forge(Number(values.count), Number(values.seed));
for (const fault of faults) console.log(`FORGED  ${fault}`);
console.log(
  `${count} forgeries of ${schemes.length} schemes and senders, ${faults.length} faults (seed ${values.seed})`,
);
if (leftOut.length > 0) console.log(`nothing to forge by headers alone: ${leftOut.join(', ')}`);
process.exitCode = faults.length > 0 ? 1 : 0;
