/** `<database file>`: brings it to the present layout and ends, with ends of the process at named points. */
import { makeDurable, openWriter } from '../../../src/main/store/connection.ts';
import { migrate } from '../../../src/main/store/migrate.ts';
import { migrations } from '../../../src/main/store/migrations/list.ts';
import { endAtPoint } from './at-point.ts';

endAtPoint();
const file = process.argv[2] ?? '';
const db = openWriter(file);
makeDurable(db);
process.stdout.write('open\n');
migrate(db, file, migrations);
db.close();
process.stdout.write('done\n');
