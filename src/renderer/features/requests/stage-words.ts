/** The stages of the pipeline in plain words. */

const words: Readonly<Record<string, { readonly title: string; readonly passed: string }>> = {
  framing: { title: 'Read', passed: 'The request was well formed.' },
  route: { title: 'Endpoint found', passed: 'The endpoint is known and live.' },
  method: { title: 'Method', passed: 'The method is allowed.' },
  address: { title: 'Address', passed: 'The address may call.' },
  pace: { title: 'Rate', passed: 'Within the rate limit, and the queue has room.' },
  body: { title: 'Body received', passed: 'Complete and within the size limit.' },
  replay: { title: 'Sent again', passed: 'A stored request was sent again.' },
  handshake: { title: 'Handshake', passed: 'It was no handshake.' },
  sample: { title: 'Sample', passed: 'It became the sample.' },
  auth: { title: 'Authenticated', passed: 'The sender is who it should be.' },
  payload: { title: 'Body understood', passed: 'The body was read as its content type says.' },
  parameters: { title: 'Parameters', passed: 'All required parameters are there.' },
  filter: { title: 'Filter', passed: "The endpoint's filter lets it pass." },
  store: { title: 'Stored', passed: 'On disk before the answer went out.' },
  answer: { title: 'Taken in', passed: 'Stored, synced to disk, then answered.' },
};

/** Title of a stage; its own name where it is not known. */
export function titleOfStage(stage: string): string {
  return words[stage]?.title ?? stage;
}

/** What it means that a stage was passed. */
export function meaningOfStage(stage: string): string {
  return words[stage]?.passed ?? '';
}

/** Stages that judge who sent it and whether what arrived is genuine. */
export const verifyingStages: readonly string[] = ['method', 'address', 'pace', 'handshake', 'auth'];
