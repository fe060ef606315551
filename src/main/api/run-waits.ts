/** What a run waits for with what people outside need to end the wait: absolute URLs, and the command to copy. */
import type { RunWait } from '../../shared/contract/views.ts';
import { shellWord } from './shell-words.ts';

/** Stands in commands for the token of whoever runs them: tokens are shown once and kept by nobody else. */
const tokenVariable = '$HOOKYARD_API_TOKEN';

function command(url: string, headers: readonly string[], body: string): string {
  const lines = [
    `curl -X POST ${shellWord(url)}`,
    ...headers,
    "-H 'Content-Type: application/json'",
    `--data-binary ${shellWord(body)}`,
  ];
  return lines.join(' \\\n  ');
}

/** Completes a wait. @param origin under which callers reach the receiver */
export function tellWait(origin: string, runId: string, wait: RunWait): RunWait {
  const resumeUrl = wait.resumeUrl === null ? null : origin + wait.resumeUrl;
  return { ...wait, resumeUrl, curl: curlOf(origin, runId, wait, resumeUrl) };
}

function curlOf(origin: string, runId: string, wait: RunWait, resumeUrl: string | null): string | null {
  if (resumeUrl !== null) return command(resumeUrl, [], '{}');
  if (wait.kind !== 'approval') return null;
  const url = `${origin}/v1/workflow-runs/${runId}/steps/${wait.nodeId}/approve`;
  const body = JSON.stringify({ approved: true, approvalId: wait.approvalId });
  return command(url, [`-H "Authorization: Bearer ${tokenVariable}"`], body);
}
