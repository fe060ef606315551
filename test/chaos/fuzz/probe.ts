/** The first look at the subjects: who takes a genuine request, and whose signature covers the body. */
import { diceOf } from './dice.ts';
import type { Parcel } from './parcel.ts';
import type { Reply } from './connection.ts';
import type { Subject } from './subjects.ts';

interface Probing {
  readonly origin: string;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Leaves out subjects whose genuine requests are not made of headers alone, and finds who signs the body. */
export async function probeSubjects(
  all: readonly Subject[],
  { origin, seed, say }: Probing,
  send: (parcel: Parcel) => Promise<Pick<Reply, 'status' | 'text'>>,
): Promise<{ subjects: Subject[]; covered: Set<Subject> }> {
  const subjects: Subject[] = [];
  const covered = new Set<Subject>();
  for (const subject of all) {
    const body = Buffer.from(subject.payload(diceOf(seed, -1)));
    const genuine = subject.make(origin, body, 'application/json');
    const reply = await send(genuine);
    if (!reply.text.includes('"executionId":"run_')) {
      say(
        `left out: ${subject.name}, its genuine request is answered ${reply.status} ${reply.text.slice(-200)}`,
      );
      continue;
    }
    subjects.push(subject);
    const touched = { ...genuine, body: Buffer.concat([body, Buffer.from(' ')]) };
    const answer = await send(touched);
    if (answer.status === 401) covered.add(subject);
  }
  if (subjects.length < 12) throw new Error(`Only ${subjects.length} endpoints take their genuine request.`);
  return { subjects, covered };
}
